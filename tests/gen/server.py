# SPDX-License-Identifier: MIT
# server.py SENT ANSWER...: an HTTP server on a free port of 127.0.0.1, which it
# prints.  Answers in turn with the codes given ("drop": hangs up), then 200;
# appends a line of JSON for each request to SENT.  Ends after a minute.
import http.server
import json
import sys
import threading

sent, answers = sys.argv[1], sys.argv[2:]


class Handler(http.server.BaseHTTPRequestHandler):
	def do_POST(self):
		body = self.rfile.read(int(self.headers["Content-Length"]))
		answer = answers.pop(0) if answers else "200"
		with open(sent, "a") as f:
			f.write(json.dumps({"answer": answer, "path": self.path, "body": json.loads(body),
				"headers": {k.lower(): v for k, v in self.headers.items()}}) + "\n")
		if answer == "drop":
			self.close_connection = True
			return
		self.send_response(int(answer))
		self.send_header("Content-Length", "0")
		self.end_headers()

	def log_message(self, *args):
		pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
threading.Timer(60, server.shutdown).start()
server.serve_forever()
