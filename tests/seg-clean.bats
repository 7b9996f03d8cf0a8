# SPDX-License-Identifier: MIT
# seg-clean: dialects, values, dates, rules, ledger and every message.
load common

clean() { "$B/seg-clean" -q -p "$@"; }
notes() { "$B/seg-clean" -p "$@" 2>&1 >/dev/null; }

# gives INPUT OUTPUT [OPTION...]: INPUT, with printf's escapes, becomes OUTPUT (| is TAB, / a line's end).
gives() {
	local in=$1 out=$2
	shift 2
	printf "$in" > "$T/in.csv"
	run --separate-stderr clean "$@" "$T/in.csv"
	assert_equal "$stderr" ""
	assert_equal "$status" 0
	assert_equal "$output" "$(printf '%s' "$out" | tr '|/' '\t\n')"
}

# one line of transactions: id, invoice, day, quantity, price
dump() {
	echo "CustomerID,InvoiceNo,InvoiceDate,Quantity,UnitPrice"
	printf '%s\n' "$@"
}

@test "records: RFC 4180 and what people write" {
	gives 'a,b,c\r\naaa,bbb,ccc\r\nzzz,yyy,xxx\r\n' 'a|b|c/aaa|bbb|ccc/zzz|yyy|xxx'
	gives 'a,b,c\naaa,bbb,ccc' 'a|b|c/aaa|bbb|ccc'
	gives 'a,b,c\raaa,bbb,ccc\r' 'a|b|c/aaa|bbb|ccc'
	gives 'a,b,c\n"aaa","bbb","ccc"\nzzz,yyy,xxx\n' 'a|b|c/aaa|bbb|ccc/zzz|yyy|xxx'
	gives 'a,b,c\n"aaa","b\nbb","ccc"\n' 'a|b|c/aaa|b\nbb|ccc'
	gives 'a,b,c\n"aaa","b\r\nbb","ccc"\r\n' 'a|b|c/aaa|b\r\nbb|ccc'
	gives 'a,b,c\n"aaa","b""bb","c,cc"\n' 'a|b|c/aaa|b"bb|c,cc'
	gives 'a,b,c\n"","""",""""""\n' 'a|b|c/|"|""'
	gives 'a,b\nx "y" z,5" pipe\n' 'a|b/x "y" z|5" pipe'
	gives 'a,b\n{""type"": 1},"{""type"": ""Point""}"\n' 'a|b/{""type"": 1}|{"type": "Point"}'
	gives 'a,b\n\n1,2\n\r\n\n3,4\n\n' 'a|b/1|2/3|4'
	gives 'a,b,c\n,,\n1,,\n' 'a|b|c/||/1||'
	gives 'a\n"x"\n' 'a/x'
	gives 'a,b\nx\\y,"t\tu"\n' 'a|b/x\\y|t\tu'
	gives 'a,b\n"ends in a quote""","c"' 'a|b/ends in a quote"|c'
	gives 'a,b\nhas\0nul,2\n' 'a|b/hasnul|2'
}

@test "records: the nasty list, each with what it is" {
	# csv-spectrum's kinds: commas, newlines, quotes, JSON, places, UTF-8 in quotes; empty ones
	gives 'first,last,address,city,zip\nJohn,Doe,120 any st.,"Anytown, WW",08123\n' \
		'first|last|address|city|zip/John|Doe|120 any st.|Anytown, WW|08123'
	gives 'a,b,c\n1,"",""\n2,3,4\n' 'a|b|c/1||/2|3|4'
	gives 'a,b,c\r\n1,"",""\r\n2,3,4\r\n' 'a|b|c/1||/2|3|4'
	gives 'a,b\n1,"ha ""ha"" ha"\n3,4\n' 'a|b/1|ha "ha" ha/3|4'
	gives 'key,val\n1,"{""type"": ""Point"", ""coordinates"": [102.0, 0.5]}"\n' \
		'key|val/1|{"type": "Point", "coordinates": [102.0, 0.5]}'
	gives 'lat,lng\n"35 40 N","139 45 E"\n' 'lat|lng/35 40 N|139 45 E'
	gives 'a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n' 'a|b|c/1|2|3/Once upon \na time|5|6/7|8|9'
	gives 'a,b,c\r\n"Once upon \r\na time",5,6\r\n' 'a|b|c/Once upon \r\na time|5|6'
	gives 'a,b\n1,"ha \n""ha"" \nha"\n3,4\n' 'a|b/1|ha \n"ha" \nha/3|4'
	gives 'a,b,c\n1,2,3\n4,5,ʤ\n' 'a|b|c/1|2|3/4|5|ʤ'
	# line ends: one of each, in one file; CR in quotes; blank lines between; none at the end of quotes
	gives 'a,b\r1,2\n3,4\r\n5,6' 'a|b/1|2/3|4/5|6'
	gives 'a,b\r\r1,"x\ry"\r\r"z",2' 'a|b/1|x\ry/z|2'
	gives '\n\r\n\ra,b\n1,2\n' 'a|b/1|2'
	gives '"a","b"\n"1","2"' 'a|b/1|2'
	gives '"a\nb",c\n1,2\n' 'a_b|c/1|2'
	# quotes that open nothing
	gives "a,b\\nit's,6'2\"\\n" "a|b/it's|6'2\""
	gives 'a,b\nx"",y""z\n' 'a|b/x""|y""z'
	# NUL and others below the blank, in quotes and bare; a backslash is a byte
	gives 'a,b\n"x\0y","\0"\n\001,\033[1m\n' "$(printf 'a|b/xy|/\001|\033[1m')"
	gives 'a,b\n"x\\",y\n' 'a|b/x\\|y'
	gives 'a,b\n"x\\n",y\n' 'a|b/x\\n|y'
	# a mark at the beginning of each of several files in one
	gives '\xef\xbb\xbfa,b\n1,2\n\xef\xbb\xbfa,b\n3,4\n' 'a|b/1|2/3|4'
	gives '\xef\xbb\xbf"a",b\n\xef\xbb\xbfx,2\n' "$(printf 'a|b/\xef\xbb\xbfx|2')"
	# fields at and around a window's and a vector's length
	local n x
	for n in 31 32 63 64 65 8191 8192 8193 70000; do
		x=$(head -c $n /dev/zero | tr '\0' x)
		gives "a,b\\n$x,\"$x\"\\n\"$x\",$x\\n" "a|b/$x|$x/$x|$x"
	done
	# five hundred columns
	x=$(seq -s, 1 500)
	gives "$(seq -f c%g -s, 1 500)\\n$x\\n" "$(seq -f c%g -s'|' 1 500)/${x//,/|}"
}

@test "delimiters: found, or declared" {
	gives 'a;b\n1,5 l;"x;y"\n' 'a|b/1,5 l|x;y'
	gives 'a\tb\n1\tx\n' 'a|b/1|x'
	gives 'a|b\n1|x\n' 'a|b/1|x'
	gives 'one\nx\n' 'one/x'
	gives 'a,b;c,d\n1,2;3,4\n' 'a_b|c_d/1,2|3,4' --delimiter ';' --columns 'a_b:text,c_d:text'
	gives 'a b\n1 2\n' 'a|b/1|2' --delimiter space
	gives "a,b\n'x,y',2\n" 'a|b/x,y|2' --quote "'"
	# what tells Excel the delimiter is no header
	gives 'sep=;\na;b\n1;x,y\n' 'a|b/1|x,y'
	gives '\xef\xbb\xbf"SEP=\t"\r\na\tb\r\n1\tx\r\n' 'a|b/1|x'
	gives 'sep=,\na;b\n1;x\n' 'a|b/1|x' --delimiter ';'
	gives 'sep=;;,b\n1,x\n' 'sep|b/1|x'
	printf 'sep=;\na;b\n1\n' > "$T/in"
	run notes "$T/in"
	assert_line "seg-clean: left out: too_few_fields 1 (first at $T/in:3)"
	printf 'sep=;\na;"b\n1\n' > "$T/in"
	refused 1 "seg-clean: $T/in:2: the header has a quoted field that does not close" clean "$T/in"
}

@test "byte order marks and encodings" {
	gives '\xef\xbb\xbfa,b\n1,2\n' 'a|b/1|2'
	gives 'a,b\n\xa3 5,caf\xe9\n' 'a|b/£ 5|café' --columns a:text,b
	gives 'a,b\ncaf\xc3\xa9,2\n' 'a|b/café|2' --encoding utf-8
	gives 'a,b\ncaf\xc3\xa9,2\n' 'a|b/cafÃ©|2' --encoding windows-1252
	printf 'a,b\ncaf\xc3\xa9,2\n' | iconv -f utf-8 -t utf-16 > "$T/u16"
	run clean "$T/u16"
	assert_line --index 1 "$(tsv 'café|2')"
	printf 'a,b\n\x82\xa0,2\n' > "$T/sjis"
	run clean --encoding shift_jis "$T/sjis"
	assert_line --index 1 "$(tsv 'あ|2')"
	printf 'a,b\nx,1\n\xa3,2\ncaf\xc3\xa9,3\n\xa3\xa3,4\n' > "$T/mixed"
	run notes "$T/mixed"
	assert_output "seg-clean: 4 rows in, 4 out, 0 left out
seg-clean: repaired: read as windows-1252: 2 (first at $T/mixed:3)"
	printf 'a,b\nx,1\n\xa3,2\n' > "$T/in"
	run notes --encoding utf-8 "$T/in"
	assert_line "seg-clean: left out: encoding 1 (first at $T/in:3)"
	printf '\xff\xfea\x00,\x00b' > "$T/half"
	refused 1 "seg-clean: $T/half: not valid UTF-16" clean "$T/half"
	refused 2 'seg-clean: option --encoding: unknown encoding "klingon"' clean --encoding klingon "$T/in"
}

@test "header: snake_case, empty cells, collisions" {
	gives ' Income ,MntWines,Z_CostContact,,Sub-Category\n1,2,3,4,x\n' \
		'income|mnt_wines|z_cost_contact|column_4|sub_category/1|2|3|4|x'
	printf 'a b,x,A-B\n1,2,3\n' > "$T/in"
	refused 1 "seg-clean: $T/in:1: columns 1 \"a b\" and 3 \"A-B\" both become a_b; give one another name with --columns" \
		clean "$T/in"
	gives 'a b,x,A-B\n1,2,3\n' 'a_b|x|second/1|2|3' --columns 'a_b=a b,x,second=A-B'
	printf '\n\n' > "$T/in"
	refused 1 "seg-clean: $T/in: no header line" clean "$T/in"
	printf 'a,"b\n1,2\n' > "$T/in"
	refused 1 "seg-clean: $T/in:1: the header has a quoted field that does not close" clean "$T/in"
	gives 'a,b\n' 'a|b'
}

@test "transactions are recognised, and come out in one order" {
	local out='customer_id|invoice|date|product|description|quantity|price|amount|country'
	gives 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n5,P,mug,6,2010-12-01 08:26:00,2.55,17850.0,UK\n' \
		"$out/17850|5|2010-12-01T08:26:00|P|mug|6|2.55|15.3|UK"
	gives 'Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n5,P,mug,-6,2010-12-01 08:26,2.55,0017,UK\n' \
		"$out/0017|5|2010-12-01T08:26:00|P|mug|-6|2.55|-15.3|UK"
	gives 'Row ID,Order ID,Order Date,Ship Date,Customer ID,Product ID,Product Name,Sales,Quantity\n1,CA-1,11/8/2016,11/21/2016,CG-1,FUR-1,Chair,261.960,2\n2,CA-2,11/18/2016,11/21/2016,CG-1,FUR-1,Chair,5,2\n' \
		'customer_id|invoice|date|product|description|quantity|amount|row_id|ship_date/CG-1|CA-1|2016-11-08|FUR-1|Chair|2|261.96|1|2016-11-21/CG-1|CA-2|2016-11-18|FUR-1|Chair|2|5|2|2016-11-21'
	gives 'customer_id,trans_date,tran_amount\nCS1,11-Feb-13,35\n' 'customer_id|date|amount/CS1|2013-02-11|35'
	gives 'CustomerID,Age,Income\n1000.0,52,3.5\n,1,2\n' 'customer_id|age|income/1000|52|3.5/|1|2'
	gives 'Name,Order Date,Sales,x\nAl,2020-01-01,5,y\n' 'customer_id|date|amount|x/Al|2020-01-01|5|y' --columns 'customer_id=Name,*'
	run notes "$T/in.csv"
	assert_line --index 1 "seg-clean: a table: no column is known as customer_id; --columns customer_id=NAME,* makes it transactions, --table is silent"
	run notes --table "$T/in.csv"
	refute_line --partial "a table"
	printf 'CustomerID,When,Amount\n1,2020-01-01,5\n' > "$T/in.csv"
	run notes "$T/in.csv"
	assert_line --index 1 "seg-clean: a table: no column is known as date; --columns date=NAME,* makes it transactions, --table is silent"
	gives 'CustomerID,InvoiceDate,Amount\n,2020-01-01,x\n' 'customer_id|invoice_date|amount/|2020-01-01|x' --table
}

@test "columns: keep, rename, order, types" {
	gives 'a,b,c\n1,x,3\n' 'c|a/3|1' --columns c,a
	gives 'MntWines,Z Cost,b\n1,x,3\n2,y,3\n' 'mnt_wines|z_cost/2|y' --columns 'MntWines,Z Cost' --where 'MntWines > 1'
	gives 'KdNr,Tag,Wert,x\n7,2020-01-05,12.50,q\n' 'customer_id|date|amount|x/7|2020-01-05|12.5|q' \
		--columns customer_id=KdNr,date=Tag,amount=Wert,x
	gives 'CustomerID,InvoiceDate,Quantity,UnitPrice,x\n7,2020-01-05,2,1.5,q\n8,2020-01-05,2,0,q\n' \
		'amount|customer_id/3|7' --columns amount,customer_id
	local h='id,MntWines,MntFish,Age\n1,2,3,4\n'
	gives "$h" 'mnt_wines|mnt_fish|age/2|3|4' --columns MntWines..Age
	gives "$h" 'age|id|mnt_wines|mnt_fish/4|1|2|3' --columns 'age,*'
	gives "$h" 'mnt_fish|mnt_wines|id/3|2|1' --columns 'mnt_fish,Mnt*,i?'
	gives "$h" 'id|mnt_wines|mnt_fish|age/1|2|3|4' --columns 'id..age,*'
	gives "$h" 'id|x/1|2' --columns 'id,x=MntWines'
	gives "$h" 'id|x|mnt_fish|age/1|2|3|4' --columns '*,x=MntWines'
	gives 'id,v_1,v_2\n1,x,2.0\n' 'id|v_1|v_2/1|x|2.0' --columns 'id,v_*:text'
	gives 'CustomerID,InvoiceDate,Quantity,UnitPrice,x\n7,2020-01-05,2,1.5,q\n' 'date|quantity|price|x/2020-01-05|2|1.5|q' \
		--columns 'date..price,x'
	refused 1 "seg-clean: $T/in.csv:1: option --columns: no such column: \"z*\"" clean --columns 'z*' "$T/in.csv"
	refused 1 "seg-clean: $T/in.csv:1: option --columns: no such column: \"y\"" clean --columns x..y "$T/in.csv"
	refused 1 "seg-clean: $T/in.csv:1: option --columns: the last column comes before the first: \"x\"" \
		clean --columns x..date "$T/in.csv"
	gives 'a,b,c\n5.0,1.50,20200105\n' 'a|b|c/5|1.5|2020-01-05' --columns a:int,b:money,c:date
	printf 'a,b\n1,2\n5.5,2\n' > "$T/in"
	run notes --columns a:int,b "$T/in"
	assert_line "seg-clean: left out: bad_value 1 (first at $T/in:3: \"5.5\")"
	refused 1 "seg-clean: $T/in:1: option --columns: no such column: \"z\"" clean --columns a,z "$T/in"
	refused 1 "seg-clean: $T/in:1: option --columns: the header has no column \"z\"" clean --columns y=z "$T/in"
	refused 1 "seg-clean: $T/in:1: option --columns: named twice: \"a\"" clean --columns a,b,a "$T/in"
	refused 1 "seg-clean: $T/in:1: option --columns: not name, name=Source or name=Source:type: \"=a\"" \
		clean --columns =a "$T/in"
}

@test "fixed-width columns: places, short lines, line ends" {
	local f='id=1-5,name=6-13,amount=14-19'
	gives '00001Ann     001.50rest\n00002Bob \xc3\xa9   12\n' 'id|name|amount/00001|Ann|001.50/00002|Bob é|12' --fixed $f
	gives '00001Ann     1\r\n\r\n00002Bob     2' 'id|name|amount/00001|Ann|1/00002|Bob|2' --fixed $f
	gives '00001Ann     1\r00002"x,y"   2\r' 'id|name|amount/00001|Ann|1/00002|"x,y"|2' --fixed $f
	gives '7  2020010512.50\n' 'customer_id|date|amount/7|2020-01-05|12.5' --fixed customer_id=1-3,date=4-11,amount=12-16
	gives 'ab\nab\nac\n' 'x/a' --fixed x=1-1 --dedup
	gives 'ab\n' 'y|x/b|a' --fixed y=2-2,x=1-1
	printf '00001Ann     1\n00002Bob\n' > "$T/in"
	run notes --fixed $f --rejects "$T/r" "$T/in"
	assert_line "seg-clean: left out: too_few_fields 1 (first at $T/in:2)"
	assert_equal "$(tail -1 "$T/r")" "$(tsv "2|too_few_fields|00002Bob|2 fields, not 3|$T/in")"
	printf '0001X\n' > "$T/2"
	run clean --fixed id=1-4,k=5-5 "$T/2" "$T/2"
	assert_output "$(tsv 'id|k' '0001|X' '0001|X')"
	for f in x x= =1-2 x=0-3 x=3-2 x=1 x=1-2x x=a-b; do
		refused 2 "seg-clean: option --fixed: not COL=start-end with 1 <= start <= end: \"$f\"" clean --fixed "$f" "$T/in"
	done
	refused 2 'seg-clean: options --fixed and --delimiter: one of them' clean --fixed x=1-2 --delimiter ';' "$T/in"
}

@test "schema: types, required, ranges, levels" {
	tsv 'name|source|type|required|min|max|levels' 'id|Kd Nr|id|yes|||' 'age||int||18|99|' 'day|Tag|date|no|2020-01-01|2020-12-31|' \
		'size||category||||S,M,X\\,L' 'note||||||' > "$T/s"
	printf 'Kd Nr;age;Tag;size;note;rest\n01;20;31.12.2020;S;x;1\n;20;13.1.2020;S;;1\n3;17;13.1.2020;S;;1\n4;100;13.1.2020;S;;1\n5;x;13.1.2020;S;;1\n6;20;1.1.2021;S;;1\n7;20;;Q;;1\n8;;;X,L;y;1\n' > "$T/in"
	run clean --schema "$T/s" "$T/in"
	assert_output "$(tsv 'id|age|day|size|note' '01|20|2020-12-31|S|x' '8|||X,L|y')"
	run notes --schema "$T/s" --rejects "$T/r" "$T/in"
	assert_output "seg-clean: 8 rows in, 2 out, 6 left out
seg-clean: column day: %d.%m.%Y, decided by \"31.12.2020\" at $T/in:2
seg-clean: left out: bad_value 1 (first at $T/in:6: \"x\")
seg-clean: left out: missing_value 1 (first at $T/in:3)
seg-clean: left out: out_of_range 3 (first at $T/in:4: \"17\")
seg-clean: left out: unknown_level 1 (first at $T/in:8: \"Q\")"
	assert_equal "$(cut -f1,2,4 "$T/r" | tail -n +2)" "$(tsv '3|missing_value|id' '4|out_of_range|age' '5|out_of_range|age' \
		'6|bad_value|age' '7|out_of_range|day' '8|unknown_level|size')"
	run --separate-stderr clean --strict --schema "$T/s" "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: $T/in:3: missing_value (--strict)"
	dump 'a,1,2020-01-01 10:00,2,1.25' 'a,2,2020-01-02 10:00,3,1.25' > "$T/in"
	tsv 'name|max' 'amount|3.0' 'date|2020-01-01' 'customer_id|' > "$T/s"
	run clean --schema "$T/s" "$T/in"
	assert_output "$(tsv 'amount|date|customer_id' '2.5|2020-01-01T10:00:00|a')"
}

@test "schema: what is wrong is named" {
	printf 'a,b\n1,2\n' > "$T/in"
	wrong() { tsv "$1" "$2" > "$T/s"; refused 1 "seg-clean: $T/s:$3" clean --schema "$T/s" "$T/in"; }
	wrong 'name|kind' 'a|int' '1: column kind: not one of name, source, type, required, min, max, levels'
	wrong 'source|type' 'a|int' '1: no column name'
	wrong 'name|source' '|a' '2: column name: missing'
	wrong 'name|type' 'a|float' '2: column type: not text, id, int, number, money, date or category: "float"'
	wrong 'name|required' 'a|maybe' '2: column required: neither yes nor no: "maybe"'
	wrong 'name|type|min' 'a|int|x' '2: column a: min is not a number: "x"'
	wrong 'name|type|max' 'a|date|5' '2: column a: max is not a date like 2010-12-01: "5"'
	wrong 'name|type|max' 'a|text|5' '2: column a: max is for numbers and dates'
	tsv name 'p_*' > "$T/s"
	printf 'p_1,p_2\n1,2\n' > "$T/p"
	refused 1 "seg-clean: $T/s:2: no column \"p_*\"" clean --schema "$T/s" "$T/p"
	tsv name > "$T/s"
	refused 1 "seg-clean: $T/s: no columns" clean --schema "$T/s" "$T/in"
	tsv name z > "$T/s"
	refused 1 "seg-clean: $T/in:1: option --columns: no such column: \"z\"" clean --schema "$T/s" "$T/in"
	refused 1 "seg-clean: $T/none: No such file or directory" clean --schema "$T/none" "$T/in"
	refused 2 'seg-clean: options --columns and --schema: one of them' clean --columns a --schema "$T/s" "$T/in"
}

@test "values: money, numbers, ids, blanks, missing" {
	gives 'a\n"$84,835.00 "\n£ 1 234.50\n(5.25)\n7-\n-$3\n12.5\n' 'a/84835/1234.5/-5.25/-7/-3/12.5'
	gives 'v\n12 USD\nUSD 12.50\n-3 EUR\n(EUR 3)\n₹500\nR 5\n' 'v/12 USD/USD 12.50/-3 EUR/(EUR 3)/₹500/R 5'
	gives 'v\n12 USD\nUSD 12.50\n-3 EUR\n(EUR 3)\n₹500\n' 'v/12/12.5/-3/-3/500'
	gives 'v\nCAD12\n12CHF\n' 'v/CAD12/12CHF'
	gives 'a;b\n1.234,50 €;x\n2,5;y\n' 'a|b/1234.5|x/2.5|y' --decimal ,
	gives 'a,b\n 1 ,"  x "\n' 'a|b/1|x'
	gives 'a,b\n0001,17850.0\n1e5,0.10\n' 'a|b/0001|17850.0/1e5|0.10'
	gives 'a,b\n1,x\nNA,NA\nNULL,None\n' 'a|b/1|x/|NA/|None'
	gives 'a,b\n1,x\n-,-\nNA,NA\n' 'a|b/1|x/|/|' --missing -,NA
	dump '?,1,2020-01-01,1,2' '5,?,2020-01-01,1,2' > "$T/in"
	run clean --missing '?' --keep-missing-id "$T/in"
	assert_output "$(tsv 'customer_id|invoice|date|quantity|price|amount' '|1|2020-01-01|1|2|2' '5||2020-01-01|1|2|2')"
	dump '17850.0,1,2020-01-01,1.0000005,1' '0001,NA,2020-01-01,1,"1,000.25"' '2.46E+04,1,2020-01-01,1,1' \
		'nan,1,2020-01-01,1,1' 'a,1,2020-01-01,x,1' 'a,1,2020-01-01,,1' 'a,1,2020-01-01,1,x' \
		'a,1,2020-01-01,1,' 'a,1,,1,1' 'a,1,2020-02-30,1,1' > "$T/in"
	run clean "$T/in"
	assert_output "$(tsv 'customer_id|invoice|date|quantity|price|amount' '17850|1|2020-01-01|1|1|1' '0001||2020-01-01|1|1000.25|1000.25')"
	run notes "$T/in"
	assert_output "seg-clean: 10 rows in, 2 out, 8 left out
seg-clean: column date: %Y-%m-%d, decided by \"2020-01-01\" at $T/in:2
seg-clean: left out: missing_id 1 (first at $T/in:5: \"nan\")
seg-clean: left out: bad_id 1 (first at $T/in:4: \"2.46E+04\")
seg-clean: left out: missing_date 1 (first at $T/in:10)
seg-clean: left out: bad_date 1 (first at $T/in:11: \"2020-02-30\")
seg-clean: left out: missing_quantity 1 (first at $T/in:7)
seg-clean: left out: bad_quantity 1 (first at $T/in:6: \"x\")
seg-clean: left out: missing_price 1 (first at $T/in:9)
seg-clean: left out: bad_price 1 (first at $T/in:8: \"x\")
seg-clean: repaired: ids without their .0: 1 (first at $T/in:2)
seg-clean: repaired: currency signs, thousands and brackets resolved: 1 (first at $T/in:3)
seg-clean: repaired: rounded to 6 decimals: 1 (first at $T/in:2)
seg-clean: repaired: tokens read as missing: 1 (first at $T/in:3)"
	printf 'customer_id,date,amount\n1,2020-01-01,x\n1,2020-01-01,\n' > "$T/in"
	run notes "$T/in"
	assert_line "seg-clean: left out: missing_amount 1 (first at $T/in:3)"
	assert_line "seg-clean: left out: bad_amount 1 (first at $T/in:2: \"x\")"
	printf 'customer_id,date,quantity,price,amount\n1,2020-01-01,2,3,7\n1,2020-01-01,2,3,6.00\n' > "$T/in"
	run notes "$T/in"
	assert_line "seg-clean: repaired: given amounts differ from quantity * price, which was written: 1 (first at $T/in:2)"
	run clean "$T/in"
	assert_line --index 1 "$(tsv '1|2020-01-01|2|3|6')"
	printf 'a,b\nx\0y, z\n\nw,u\n' > "$T/in"
	run notes "$T/in"
	assert_line "seg-clean: repaired: NUL bytes taken out: 1 (first at $T/in:2)"
	assert_line "seg-clean: repaired: blanks at the edges cut: 1 (first at $T/in:2)"
	assert_line "seg-clean: repaired: empty lines skipped: 1 (first at $T/in:3)"
}

# prices Q;P: transactions of a quantity and a price
prices() {
	echo 'customer_id;date;quantity;price'
	[ $# = 0 ] || printf '1;2020-01-01;%s\n' "$@"
}

@test "decimal marks: proved by column, then by the file's other columns" {
	gives 'v\n"0,99"\n"1,250"\n"1.234.567,5"\n7\n' 'v/0.99/1.250/1234567.5/7'
	gives 'v\n"1,250"\n1.5\n"12,345,678"\n' 'v/1250/1.5/12345678'
	gives 'v\n1.250\n"0,125"\n' 'v/1250/0.125'
	gives 'v\n"0.125"\n"1,000,000"\n' 'v/0.125/1000000'
	gives 'v;w\n0,10;1.5\n2,50;2.250\n' 'v|w/0.10|1.5/2.50|2.250'
	gives 'v;w\n0,99;1.250\n5;3\n' 'v|w/0.99|1250/5|3'
	gives 'v;w\n0,99;1.250\n5;3\n' 'v|w/0.99|1.250/5|3' --decimal w=.
	gives 'v;w\n1,250;1,250\n' 'v|w/1.250|1250' --decimal , --decimal w=point
	gives 'v;w\n1,2,3;1.2.3\n1;1\n' 'v|w/1,2,3|1.2.3/1|1'
	gives 'v;w\n0,5;x\n1.5;x\n' 'v|w/0,5|x/1.5|x'
	prices '1.250;0,99' '2;-3,5' '3;1.000,00 €' '4;,5' > "$T/in"
	run clean --columns quantity,price,amount "$T/in"
	assert_output "$(tsv 'quantity|price|amount' '1250|0.99|1237.5' '3|1000|3000' '4|0.5|2')"
	run notes "$T/in"
	assert_output "seg-clean: 4 rows in, 3 out, 1 left out
seg-clean: column date: %Y-%m-%d, decided by \"2020-01-01\" at $T/in:2
seg-clean: column quantity: decimal comma, as column price
seg-clean: column price: decimal comma, decided by \"0,99\" at $T/in:2
seg-clean: left out: price_rule 1 (first at $T/in:3)
seg-clean: repaired: currency signs, thousands and brackets resolved: 2 (first at $T/in:2)"
	# what decides may be far away
	{ prices; yes '1;2020-01-01;1;1,250' | head -30000; echo '1;2020-01-01;1;0,99'; } > "$T/in"
	assert_equal "$(clean --columns price "$T/in" | sed -n '2p;$p' | tr '\n' ' ')" "1.25 0.99 "
}

@test "decimal marks: what nothing decides is a warning, what contradicts is an error" {
	# whole numbers for longer than the proof looks: what comes then is not passed over
	late() { prices; yes '1;2020-01-01;1;2' | head -30000; printf '1;2020-01-01;1;%s\n' "$@"; }
	local say='say --decimal price=point or --decimal price=comma'
	prices '1;1,250' '2;3' > "$T/in"
	run notes "$T/in"
	assert_line --index 3 "seg-clean: warning: column price: \"1,250\" at $T/in:2 is read as 1250, but may be 1.250, and no number in the input decides (1 like it); $say"
	for v in 1.250 '$1,250'; do
		late "$v" "$v" > "$T/in"
		run notes "$T/in"
		assert_line "seg-clean: warning: column price: \"$v\" at $T/in:30002 is read as $([ $v = 1.250 ] && echo 1.250 || echo 1250), but may be $([ $v = 1.250 ] && echo 1250 || echo 1.250), and no number in the input decides (2 like it); $say"
	done
	late 1.250 1.5 > "$T/in"
	run notes "$T/in"
	refute_line --partial warning
	late 1.250 0,99 > "$T/in"
	for n in 1 3; do
		run --separate-stderr clean --threads $n "$T/in"
		assert_equal "$status:$stderr" "1:seg-clean: $T/in:30003: column price: \"0,99\" is no number with a decimal point, which no number decides; ${say}"
	done
	assert_equal "$(clean --decimal , --columns price "$T/in" | tail -2 | tr '\n' ' ')" "1250 0.99 "
	run notes --decimal price=. "$T/in"
	assert_line "seg-clean: left out: bad_price 1 (first at $T/in:30003: \"0,99\")"
	prices '1;0,99' '2;3.5' > "$T/in"
	run --separate-stderr clean "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: $T/in:3: column price: \"3.5\" is no number with a decimal comma, which \"0,99\" in line 2 decided for; say --decimal price=comma or --decimal price=point"
	prices '1;0.99' > "$T/1"
	prices '1;0,99' > "$T/2"
	run --separate-stderr clean "$T/1" "$T/2"
	assert_equal "$status:$stderr" "1:seg-clean: $T/2:2: column price: \"0,99\" is no number with a decimal point, which \"0.99\" in line 2 of $T/1 decided for; $say"
	{ prices; yes '1;2020-01-01;1;0.99' | head -30000; echo '1;2020-01-01;1,5;2'; } > "$T/in"
	run --separate-stderr clean "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: $T/in:30002: column quantity: \"1,5\" is no number with a decimal point, as column price is read; say --decimal quantity=point or --decimal quantity=comma"
	# inferred types: kept as it is, unless another value was changed on a belief
	{ echo 'v;w'; yes '1.5;x' | head -60000; echo '1,5;x'; } > "$T/in"
	run notes "$T/in"
	assert_line "seg-clean: repaired: values that do not fit their column kept as they are: 1 (first at $T/in:60002, column v: \"1,5\")"
	[ "$(clean "$T/in" | tail -1)" = "$(tsv '1,5|x')" ]
	{ cat "$T/in"; echo '1,250;x'; } > "$T/in2"
	run --separate-stderr clean "$T/in2"
	assert_equal "$status:$stderr" "1:seg-clean: $T/in2:60002: column v: \"1,5\" is no number with a decimal point, which \"1.5\" in line 2 decided for; say --decimal point or --decimal comma"
}

@test "a later value that does not fit an inferred type is kept and counted" {
	awk 'BEGIN { print "a,b"; for (i = 0; i < 20000; i++) printf "%016d,2020-01-05\n", i; print "twelve,x" }' > "$T/in"
	run notes "$T/in"
	assert_output "seg-clean: 20001 rows in, 20001 out, 0 left out
seg-clean: column b: %Y-%m-%d, decided by \"2020-01-05\" at $T/in:2
seg-clean: repaired: values that do not fit their column kept as they are: 2 (first at $T/in:20002, column a: \"twelve\")"
	[ "$(clean "$T/in" | tail -1)" = "$(tsv 'twelve|x')" ]
}

@test "dates: the format is proved on the data" {
	local h='customer_id|date|amount'
	date_is() { gives "customer_id,date,amount\n1,$1,1\n" "$h/1|$2|1" "${@:3}"; }
	date_is 2010-12-01 2010-12-01
	date_is '2010-12-01 08:26' 2010-12-01T08:26:00
	date_is 2010-12-01T08:26:07.250Z 2010-12-01T08:26:07
	date_is 2010-12-01T08:26:07+02:00 2010-12-01T08:26:07
	date_is 2010/12/31 2010-12-31
	date_is 12/31/2010 2010-12-31
	date_is 31.12.2010 2010-12-31
	date_is '12/31/10 1:05 PM' 2010-12-31T13:05:00
	date_is 31-12-69 1969-12-31
	date_is 31-12-68 2068-12-31
	date_is 30/4/21 2021-04-30
	date_is 99-12-31 1999-12-31
	date_is 11-Feb-13 2013-02-11
	date_is '11 february 2013' 2013-02-11
	date_is '"Feb 11, 2013"' 2013-02-11
	date_is 20101201 2010-12-01
	date_is 1291191960 2010-12-01T08:26:00
	date_is 12/12/2010 2010-12-12
	date_is 1/2/2010 2010-02-01 --date-format %d/%m/%Y
	date_is '1/2/2010 5:00' 2010-02-01T05:00:00 --date-format %d/%m/%Y
	date_is '5h 1.2.2010' 2010-02-01T05:00:00 --date-format '%Hh %d.%m.%Y'
	gives 'customer_id,date,amount\n1,1/2/2010,1\n1,2/1/2010,1\n1,2/13/2010,1\n' "$h/1|2010-01-02|1/1|2010-02-01|1/1|2010-02-13|1"
	gives 'customer_id,date,amount\n1,1/2/2010,1\n1,13/2/2010,1\n' "$h/1|2010-02-01|1/1|2010-02-13|1"
	gives 'customer_id,date,amount\n1,2010-12-01 08:26,1\n1,2010-12-02,1\n' "$h/1|2010-12-01T08:26:00|1/1|2010-12-02T00:00:00|1"
	gives 'customer_id,date,amount\n1,2010-12-01,1\n1,2010-12-02 08:26,1\n' "$h/1|2010-12-01T00:00:00|1/1|2010-12-02T08:26:00|1"
	# a column that is not asked for proves nothing
	gives 'a,when,v\n1,04-09-2012,"1,250"\n' 'a/1' --columns a
	gives 'id,when\n1,04-09-2012\n2,21-09-2012\n' 'id|when/1|2012-09-04/2|2012-09-21'
}

@test "dates: two readings to the end are an error, and so are contradictions" {
	printf 'customer_id,date,amount\n1,12/12/2010,1\n1,3/4/2010 5:00,1\n' > "$T/in"
	run --separate-stderr clean "$T/in"
	assert_equal "$status" 1
	assert_equal "$stderr" "seg-clean: $T/in: column date: \"3/4/2010 5:00\" may be 2010-03-04 or 2010-04-03, and no date in the input decides; say --date-format %m/%d/%Y or --date-format %d/%m/%Y"
	printf 'customer_id,date,amount\n1,13-11-10,1\n1,13-11-12,1\n' > "$T/in"
	run --separate-stderr clean "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: $T/in: column date: \"13-11-10\" may be 2010-11-13 or 2013-11-10, and no date in the input decides; say --date-format %d-%m-%y or --date-format %y-%m-%d"
	printf 'customer_id,date,amount,ship_date\n1,2010-01-01,1,10/11/12\n' > "$T/in"
	run --separate-stderr clean "$T/in"
	assert_equal "$stderr" "seg-clean: $T/in: column ship_date: \"10/11/12\" may be 2012-10-11 or 2012-11-10, and no date in the input decides; say --date-format ship_date=%m/%d/%y or --date-format ship_date=%d/%m/%y, or --columns ship_date:text"
	gives 'customer_id,date,amount,ship_date\n1,2/1/2010,1,10/11/12\n' 'customer_id|date|amount|ship_date/1|2010-01-02|1|2012-11-10' \
		--date-format ship_date=%d/%m/%y --date-format %d/%m/%Y
	# whichever line comes first: two lines that refute each other's reading
	printf '1,13/01/2010,1\n' > "$T/d"
	for i in $(seq 1 40); do echo "1,1/$i/2010,1"; done > "$T/m"
	{ echo customer_id,date,amount; cat "$T/d" "$T/m"; } > "$T/in"
	run --separate-stderr clean --threads 2 "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: $T/in:15: column date: \"1/13/2010\" is no date in %d/%m/%Y, which \"13/01/2010\" in line 2 decided for; say --date-format %d/%m/%Y or --date-format %m/%d/%Y, and the others are left out"
	{ echo customer_id,date,amount; cat "$T/m" "$T/d"; } > "$T/in"
	run --separate-stderr clean "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: $T/in:42: column date: \"13/01/2010\" is no date in %m/%d/%Y, which \"1/13/2010\" in line 14 decided for; say --date-format %m/%d/%Y or --date-format %d/%m/%Y, and the others are left out"
	{ echo customer_id,date,amount; cat "$T/m"; } > "$T/1"
	{ echo customer_id,date,amount; cat "$T/d"; } > "$T/2"
	run --separate-stderr clean "$T/2" "$T/1"
	assert_equal "$status:$stderr" "1:seg-clean: $T/1:14: column date: \"1/13/2010\" is no date in %d/%m/%Y, which \"13/01/2010\" in line 2 of $T/2 decided for; say --date-format %d/%m/%Y or --date-format %m/%d/%Y, and the others are left out"
	[ "$(clean --date-format %m/%d/%Y "$T/in" | wc -l)" = 32 ]
	# what no format takes decides nothing and contradicts nothing
	printf 'customer_id,date,amount\n1,rubbish,1\n1,1/13/2010,1\n1,13/13/2010,1\n' > "$T/in"
	run notes "$T/in"
	assert_output "seg-clean: 3 rows in, 1 out, 2 left out
seg-clean: column date: %m/%d/%Y, decided by \"1/13/2010\" at $T/in:3
seg-clean: left out: bad_date 2 (first at $T/in:2: \"rubbish\")"
	printf 'customer_id,date,amount\n1,1/1/2010,1\n' > "$T/in"
	run notes "$T/in"
	assert_line "seg-clean: column date: %m/%d/%Y; all readings agree"
	{ dump; awk 'BEGIN { for (i = 0; i < 30000; i++)
		printf "%d,%d,%d/%d/2010,1,1\n", i % 99, i, i % 12 + 1, i % 11 + 1 }'; } > "$T/in"
	run --separate-stderr clean --date-probe 1000 "$T/in"
	assert_equal "$status" 1
	assert_equal "$stderr" "seg-clean: $T/in: column date: \"12/1/2010\" may be 2010-12-01 or 2010-01-12, and no date in the input decides; say --date-format %m/%d/%Y or --date-format %d/%m/%Y"
	echo '1,1,1/13/2010,1,1' >> "$T/in"
	assert_equal "$(clean "$T/in" | sed -n '3p;$=')" "$(tsv '1|1|2010-02-02|1|1|1' 30002)"
}

@test "dates: in a table only clear ones; a later time of day is cut; formats of one column" {
	gives 'version,n,ip,d\n10.1.12,5-3-10,1.2.3,10.1.2012\n3.1.4,1-1-1,9.9.9,31.1.2012\n' \
		'version|n|ip|d/10.1.12|5-3-10|1.2.3|2012-01-10/3.1.4|1-1-1|9.9.9|2012-01-31'
	gives 'd\n1-Feb-12\n' 'd/2012-02-01'
	{ echo customer_id,date,amount; yes 1,2020-01-02,1 | head -30000; echo 1,2020-01-03 10:00,1; } > "$T/in"
	[ "$(clean "$T/in" | tail -1)" = "$(tsv '1|2020-01-03|1')" ]
	run notes "$T/in"
	assert_line "seg-clean: repaired: times of day cut from dates, in a column that began without: 1 (first at $T/in:30002)"
	gives 'a,b\n1-2-10,1-2-10\n' 'a|b/2010-02-01|1-2-10' --date-format a=%d-%m-%y
	gives 'a,b\n1-2-10,1-2-2010\n' 'a|b/2010-02-01|2010-01-02' --date-format %m-%d-%Y --date-format a=%d-%m-%y
	# given again, formats are tried in turn
	local two='customer_id,date,amount\n1,13/1/2021,1\n1,2021-01-07,2\n1,1/2/2021,2\n1,7.1.2021,2\n'
	run --separate-stderr clean <(printf "$two")
	assert_equal "$status" 1
	gives "$two" 'customer_id|date|amount/1|2021-01-13|1/1|2021-01-07|2/1|2021-02-01|2/1|2021-01-07|2' \
		--date-format %d/%m/%Y --date-format %Y-%m-%d --date-format %d.%m.%Y
	gives "$two" 'customer_id|date|amount/1|2021-01-07|2' --date-format %d/%m/%Y --date-format date=%Y-%m-%d
	refused 2 'seg-clean: option --date-format: no such column: "z"' clean --date-format z=%d-%m-%y "$T/in"
	refused 2 'seg-clean: option --date-format: column amount is no date' clean --date-format amount=%d-%m-%y "$T/in"
}

@test "nothing left but faults is status 1" {
	printf 'customer_id,date,amount\n1,40543,1\n1,40544,1\n,40544,1\n' > "$T/in"
	run --separate-stderr clean --rejects "$T/r" "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: no record of 3 is left, 2 for bad_date: first at $T/in:2: \"40543\""
	assert_equal "$(wc -l < "$T/r")" 4
	printf 'a,b\n1\n' > "$T/in"
	run --separate-stderr clean "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: no record of 1 is left, 1 for too_few_fields: first at $T/in:2"
	gives 'customer_id,date,amount\n1,2020-01-01,-1\n' 'customer_id|date|amount' --returns drop
	gives 'customer_id,date,amount\n' 'customer_id|date|amount'
}

@test "ragged records, open quotes, repeated headers are left out with their places" {
	printf 'a,b,c\n1,2\n1,2,3,4\n1,2,3\na,b,c\n1,"x,3\n7,8,9\n' > "$T/in"
	run notes --rejects "$T/r" "$T/in"
	assert_output "seg-clean: 6 rows in, 2 out, 4 left out
seg-clean: left out: too_few_fields 1 (first at $T/in:2)
seg-clean: left out: too_many_fields 1 (first at $T/in:3)
seg-clean: left out: unclosed_quote 1 (first at $T/in:6)
seg-clean: left out: repeated_header 1 (first at $T/in:5)"
	run cat "$T/r"
	assert_output "$(tsv 'line|reason|record|detail|file' "2|too_few_fields|1,2|2 fields, not 3|$T/in" \
		"3|too_many_fields|1,2,3,4|4 fields, not 3|$T/in" "5|repeated_header|a,b,c||$T/in" "6|unclosed_quote|1,\"x,3||$T/in")"
	run clean "$T/in"
	assert_output "$(tsv 'a|b|c' '1|2|3' '7|8|9')"
	gives 'a,b\nx "y" z,1\n2,"open\n3,4\n' 'a|b/x "y" z|1/3|4'
	awk 'BEGIN { print "a,b"; for (i = 0; i < 100000; i++) print i ",\"5 inch"; print "1,2" }' > "$T/in"
	run clean "$T/in"
	assert_output "$(tsv 'a|b' '1|2')"
}

@test "a stray quote costs its line, and no record behind it" {
	printf 'customer_id,date,amount,note\n1,2010-01-01,5,"x"y\n2,2010-01-01,6,b\n3,2010-01-01,7,c\n4,2010-01-01,8,"d"\n5,2010-01-01,9,e\n' > "$T/in"
	run clean "$T/in"
	assert_output "$(tsv 'customer_id|date|amount|note' '2|2010-01-01|6|b' '3|2010-01-01|7|c' '4|2010-01-01|8|d' '5|2010-01-01|9|e')"
	run notes --rejects "$T/r" "$T/in"
	assert_line "seg-clean: left out: stray_quote 1 (first at $T/in:2)"
	assert_equal "$(tail -1 "$T/r")" "$(tsv "2|stray_quote|1,2010-01-01,5,\"x\"y||$T/in")"
	run --separate-stderr clean --strict "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: $T/in:2: stray_quote (--strict)"
	# an opening quote alone does not take the next record's
	gives 'a,b\n1,"5 inch\n2,"good"\n3,x\n' 'a|b/2|good/3|x'
	gives 'a;b\n"1"x;2\n3;4\n' 'a|b/3|4'
	awk 'BEGIN { print "a,b"; for (i = 0; i < 60000; i++) print i ",\"x" (i % 3 ? "\"" : "\"y") }' > "$T/in"
	for n in 1 3; do clean --threads $n "$T/in" | sha256sum; done | uniq | wc -l | grep -x 1
	[ "$(clean "$T/in" | wc -l)" = 40001 ]
}

@test "a quoted field longer than --max-field is no quoted field" {
	{ printf 'a,b\n1,"'; head -c 3000 /dev/zero | tr '\0' x; printf '\n7,8\n5,y"\n6,z\n'; } > "$T/in"
	run clean --columns a,b --max-field 1K "$T/in"
	assert_output "$(tsv 'a|b' '7|8' '5|y"' '6|z')"
	head -c 300000 /dev/zero | tr '\0' x > "$T/long"
	refused 1 "seg-clean: $T/long: a record of more than 16384 bytes" clean --max-field 1K "$T/long"
	{ printf 'a,b\n1,'; cat "$T/long"; } > "$T/in"
	run --separate-stderr clean --max-field 1K "$T/in"
	assert_equal "$stderr" "seg-clean: $T/in: a record of more than 16384 bytes"
	assert_equal "$status" 1
}

@test "several operands: each with its header, columns in any order" {
	printf 'a,b\n1,x\n' > "$T/1"
	printf 'b;a\r\ny;2\r\n' > "$T/2"
	printf 'a\n3\n' > "$T/3"
	printf 'a,c\n3,z\n' > "$T/4"
	run clean "$T/1" "$T/2"
	assert_output "$(tsv 'a|b' '1|x' '2|y')"
	run --separate-stderr clean "$T/1" "$T/3"
	assert_equal "$status:$stderr" "1:seg-clean: $T/3:1: 1 columns, the first file has 2"
	run --separate-stderr clean "$T/1" "$T/4"
	assert_equal "$status:$stderr" "1:seg-clean: $T/4:1: no column \"b\", which the first file has"
	cat "$T/1" "$T/1" | clean - "$T/2" > "$T/out"
	run cat "$T/out"
	assert_output "$(tsv 'a|b' '1|x' '1|x' '2|y')"
	gzip -k "$T/1" "$T/2"
	cat "$T/1.gz" "$T/1.gz" > "$T/m.gz"
	run clean "$T/m.gz" "$T/2.gz"
	assert_output "$(tsv 'a|b' '1|x' '1|x' '2|y')"
}

@test "rules: returns, prices, missing ids, conditions" {
	dump 'a,C1,2020-01-01,-2,5' 'a,2,2020-01-02,2,5' 'b,3,2020-01-03,1,0' 'c,4,2020-01-04,1,-1' ',5,2020-01-05,1,3' \
		'd,C6,2020-01-06,1,1' > "$T/in"
	ids() { clean "$@" "$T/in" | col invoice | tr '\n' ' '; }
	[ "$(ids)" = "C1 2 C6 " ]
	[ "$(ids --returns drop)" = "2 C6 " ]
	[ "$(ids --returns drop --cancel-prefix C)" = "2 " ]
	[ "$(ids --min-price 0)" = "C1 2 3 C6 " ]
	[ "$(ids --min-price 1.5)" = "C1 2 " ]
	[ "$(ids --min-price none)" = "C1 2 3 4 C6 " ]
	[ "$(ids --keep-missing-id)" = "C1 2 5 C6 " ]
	[ "$(ids --where 'quantity > 0')" = "2 C6 " ]
	[ "$(ids --where 'amount = -10')" = "C1 " ]
	[ "$(ids --where 'customer_id != a')" = "C6 " ]
	[ "$(ids --where 'date >= 2020-01-02' --where 'date<=2020-01-05')" = "2 " ]
	[ "$(ids --min-price none --where 'price < 0')" = "4 " ]
	[ "$(ids --keep-missing-id --where 'customer_id =')" = "5 " ]
	[ "$(ids --keep-missing-id --where 'customer_id !=')" = "C1 2 C6 " ]
	[ "$(clean --where 'quantity == 2' --columns invoice "$T/in" | tail -1)" = 2 ]
	run notes --returns drop --where 'invoice = 2' "$T/in"
	assert_line "seg-clean: left out: price_rule 2 (first at $T/in:4)"
	assert_line "seg-clean: left out: return 1 (first at $T/in:2)"
	assert_line "seg-clean: left out: where 1 (first at $T/in:7)"
	printf 'customer_id,date,amount\na,2020-01-01 10:00,-1\nb,2020-01-02 10:00,1\n' > "$T/in"
	[ "$(clean --returns drop "$T/in" | tail -n +2)" = "$(tsv 'b|2020-01-02T10:00:00|1')" ]
	[ "$(clean --where 'date = 2020-01-01' "$T/in" | tail -n +2)" = "$(tsv 'a|2020-01-01T10:00:00|-1')" ]
	local w='seg-clean: option --where'
	printf 'customer_id,date,quantity,price,zip,n,note\n01,2020-01-01,1,2,0100,5,a\n1,2020-01-02,1,2,x,6,10\n' > "$T/in"
	count() { clean --where "$1" "$T/in" | tail -n +2 | wc -l; }
	[ "$(count 'customer_id = 1')$(count 'zip = 100')$(count 'note = 10.0')$(count 'note = 10')$(count 'n = 5.0')" = 10011 ]
	refused 2 "$w: not COLUMN OP VALUE with = != < <= > >=: \"n <> 1\"" clean --where 'n <> 1' "$T/in"
	refused 2 "$w: not COLUMN OP VALUE with = != < <= > >=: \"n >\"" clean --where 'n >' "$T/in"
	run --separate-stderr clean --where 'date < 31/12/2010' "$T/in"
	assert_equal "$status:$stderr" "2:$w: column date holds dates, which are compared with one like 2010-12-01: \"31/12/2010\""
	run --separate-stderr clean --where 'quantity > 5,5' "$T/in"
	assert_equal "$status:$stderr" "2:$w: column quantity holds numbers, of at most 12 decimals: \"5,5\""
	run --separate-stderr clean --where 'n > x' "$T/in"
	assert_equal "$status:$stderr" "2:$w: column n holds numbers, of at most 12 decimals: \"x\""
	run --separate-stderr clean --where 'n > 0.1234567890123' "$T/in"
	assert_equal "$status:$stderr" "2:$w: column n holds numbers, of at most 12 decimals: \"0.1234567890123\""
	run --separate-stderr clean --derive d=n --where 'd > x' "$T/in"
	assert_equal "$status:$stderr" "2:$w: column d holds numbers, of at most 12 decimals: \"x\""
	refused 2 'seg-clean: option --where: no such column: "z"' clean --where 'z = 1' "$T/in"
	refused 2 'seg-clean: option --where: not COLUMN OP VALUE with = != < <= > >=: "date"' clean --where date "$T/in"
}

@test "--cancel-prefix turns what is positive negative" {
	dump 'a,C1,2020-01-01,2,5' 'a,2,2020-01-02,2,5' 'a,C3,2020-01-01,-2,5' > "$T/in"
	run clean --cancel-prefix C --ledger "$T/l" "$T/in"
	assert_output "$(tsv 'customer_id|invoice|date|quantity|price|amount' 'a|C1|2020-01-01|-2|5|-10' 'a|2|2020-01-02|2|5|10' 'a|C3|2020-01-01|-2|5|-10')"
	run notes --cancel-prefix C "$T/in"
	assert_line "seg-clean: repaired: lines of cancelling invoices turned negative: 1 (first at $T/in:2)"
	gives 'customer_id,invoice,date,amount\na,C1,2020-01-01,2.5\n' 'customer_id|invoice|date|amount/a|C1|2020-01-01|-2.5' --cancel-prefix C
}

@test "derived columns: decimal arithmetic, lists, pick, year" {
	derived() { printf "$1" > "$T/in"; clean "${@:3}" --derive "d=$2" "$T/in" | col d | tr '\n' ' '; }
	local p='p_1,p_2,p_3,k,day\n1.59,1.87,2.01,2,2020-05-06\n,4,6,9,\n'
	[ "$(derived "$p" 'mean(p_1..p_3)')" = "1.823333333333 5 " ]
	[ "$(derived "$p" 'sum(p_*)')" = "5.47 10 " ]
	[ "$(derived "$p" 'sum(P_1 .. p_2, P_3*)')" = "5.47 10 " ]
	[ "$(derived "MntWine,MntFish\n1,2\n" 'sum(Mnt*)')" = "3 " ]
	[ "$(derived "$p" 'max(p_1,p_3)-min(p_?)')" = "0.42 2 " ]
	[ "$(derived "$p" 'p_1 + p_2')" = "3.46  " ]
	[ "$(derived "$p" 'pick(p_,k)')" = "1.87  " ]
	[ "$(derived "$p" 'year(day)')" = "2020  " ]
	[ "$(derived "$p" '-(p_2 - 1) * 2.5 / 4')" = "-0.54375 -1.875 " ]
	[ "$(derived 'a,b\n0.1,0.2\n' 'a+b')" = "0.3 " ]
	[ "$(derived 'a,b\n99999999999.99,99999999999.99\n' 'a*b')" = "9999999999998000000000.0001 " ]
	[ "$(derived 'a,b\n1,3\n2,3\n' 'a/b')" = "0.333333333333 0.666666666667 " ]
	[ "$(derived 'a,b\n1,x\n2,y\n' 'a*2' --columns b)" = "2 4 " ]
	printf 'a,b\n1,3\n2,4\n1.0000000000005,1\n' > "$T/in"
	run notes --derive 'd=a/b' --derive 'm=max(a,b)' --derive 's=a+1' "$T/in"
	assert_line "seg-clean: repaired: derived values rounded to 12 decimals: 4 (first at $T/in:2)"
	clean --strict --derive 'd=a/b' "$T/in" > /dev/null
	printf 'p_1\n1\n2\n' > "$T/in"
	run clean --derive 'd=p_1*2' --derive 'e=d+1' --where 'e > 4' "$T/in"
	assert_output "$(tsv 'p_1|d|e' '2|4|5')"
	printf 'a,b\n1,0\n1,x\n' > "$T/in"
	run notes --derive 'd=a/b' "$T/in"
	assert_line "seg-clean: left out: bad_value 1 (first at $T/in:3)"
	assert_line "seg-clean: repaired: divisions by zero left missing: 1 (first at $T/in:2)"
	gives 'a,b\n1,0\n6,3\n' 'a|b|d/1|0|/6|3|2' --derive 'd=a/b'
	printf 'a,day\n1,2020-01-02\n' > "$T/in"
	for e in day+1 'max(a,day)'; do
		run --separate-stderr clean --derive "d=$e" "$T/in"
		assert_equal "$status:$stderr" "2:seg-clean: option --derive: d: column day holds dates"
	done
}

@test "derived columns: what is wrong is named" {
	printf 'a,b\n1,2\n' > "$T/in"
	wrong() { refused 2 "seg-clean: option --derive: $2" clean --derive "$1" "$T/in"; }
	wrong 'd=z' 'no such column: "z"'
	wrong 'd=f(a)' 'no such function: "f"'
	wrong 'd=(a' 'expected ) at: ""'
	wrong 'd=a b' 'not understood: "b"'
	wrong 'd=' 'expected a column at: ""'
	wrong 'd a' 'expected = at: "a"'
	wrong 'a=b' 'there is such a column already: "a"'
	wrong 'd=1.2.3' 'not a number: "1.2.3"'
	wrong 'd=sum(b..a)' 'the last column comes before the first: "b"'
	wrong 'd=sum(z*)' 'no such column: "z*"'
	wrong 'd=pick(z_,a)' 'no column begins so: "z_"'
	wrong 'd=pick(a,a)+pick(b,a)' 'only one pick is possible: "b"'
	local deep; deep=$(printf '(%.0s' {1..40})
	wrong "d=${deep}a" 'too deep: "'"$(printf '(%.0s' {1..7})"'a"'
}

@test "dedup: exact duplicates of records, however quoted; first kept" {
	printf 'a,b,c\n1,"x,y",z\n1,x,"y,z"\n1,"x,y","z"\n2,q,r\n"2",q,r\n2, q,r\n' > "$T/in"
	run clean --dedup "$T/in"
	assert_output "$(tsv 'a|b|c' '1|x,y|z' '1|x|y,z' '2|q|r' '2|q|r')"
	run notes --dedup --rejects "$T/r" "$T/in"
	assert_line "seg-clean: left out: duplicate 2 (first at $T/in:4)"
	run tail -n +2 "$T/r"
	assert_output "$(tsv "4|duplicate|1,\"x,y\",\"z\"||$T/in" "6|duplicate|\"2\",q,r||$T/in")"
}

@test "dedup: rejects are in the order of their lines" {
	printf 'a,b\n1,2\n1,2\n1\n1,2\n1,2,3\n1,2\n' > "$T/in"
	clean --dedup --rejects "$T/r" "$T/in" > /dev/null
	run cut -f1,2 "$T/r"
	assert_output "$(tsv 'line|reason' '3|duplicate' '4|too_few_fields' '5|duplicate' '6|too_many_fields' '7|duplicate')"
}

@test "dedup: beyond --mem it goes on in a file, with the same bytes" {
	{ echo a; seq 3800000; seq 1 9 3800000; echo 1,2; seq 3799990 3800010; } > "$T/in"
	all() { "$B/seg-clean" -p --dedup --rejects "$T/r" --ledger "$T/l" "$@" "$T/in" 2> "$T/e" | cat - "$T/e" "$T/r" "$T/l" | sha256sum; }
	assert_equal "$(all --mem 96M)" "$(all)"
	run --separate-stderr env TMPDIR=/nonexistent "$B/seg-clean" -q --dedup --mem 96M "$T/in"
	assert_equal "$status" 1
	assert_equal "$stderr" "seg-clean: /nonexistent: cannot make a temporary file: No such file or directory"
	[[ $SEG_BUILD = */san ]] && return
	[ -x /usr/bin/time ] || skip "no /usr/bin/time"
	run --separate-stderr /usr/bin/time -f %M "$B/seg-clean" -q -p --dedup --mem 96M "$T/in"
	[ "$stderr" -le $((96 * 1024)) ]
	assert_equal "${#lines[@]}" 3800011
}

@test "the ledger: rows, quantity and amount on both sides" {
	dump 'a,1,2020-01-01,2,1.25' 'a,2,2020-01-01,-1,1.25' ',3,2020-01-01,4,0.000001' 'b,4,2020-01-01,x,1' 'b,5' > "$T/in"
	clean --ledger "$T/l" --returns drop "$T/in" > /dev/null
	run cat "$T/l"
	assert_output "$(tsv 'reason|rows|quantity|amount|unparsable' 'in|5|5|1.250004|2' 'out|1|2|2.5|0' 'too_few_fields|1|0|0|1' \
		'missing_id|1|4|0.000004|0' 'bad_quantity|1|0|0|1' 'return|1|-1|-1.25|0')"
	printf 'a,b\n1,2\n' > "$T/in"
	clean --ledger "$T/l" "$T/in" > /dev/null
	run cat "$T/l"
	assert_output "$(tsv 'reason|rows|quantity|amount|unparsable' 'in|1|||0' 'out|1|||0')"
}

@test "sums beyond 128 bits are an error" {
	dump 'a,1,2020-01-01,9223372036854,9223372036854' 'a,2,2020-01-01,9223372036854,9223372036854' \
		'a,3,2020-01-01,9223372036854,9223372036854' > "$T/in"
	run --separate-stderr clean "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: the ledger does not balance: a sum does not fit 128 bits"
	dump 'a,1,2020-01-01,9223372036855,1' 'a,1,2020-01-01,1,1' > "$T/in"
	run notes "$T/in"
	assert_line "seg-clean: left out: bad_quantity 1 (first at $T/in:2: \"9223372036855\")"
}

@test "a lost row makes it fail, and no side file appears" {
	printf 'a,b\n1,2\n3,4\n5,6\n' > "$T/in"
	export SEG_TEST_DROP_ROW=2
	run --separate-stderr clean --ledger "$T/l" --rejects "$T/r" "$T/in"
	assert_equal "$status" 1
	assert_equal "$stderr" "seg-clean: the ledger does not balance: rows: 3 in, 2 out or left out"
	[ ! -e "$T/l" ] && [ ! -e "$T/r" ]
	"$B/seg-clean" -q "$T/in" 2>/dev/null > "$T/out.gz" || true
	! gzip -t "$T/out.gz" 2>/dev/null
}

@test "cut off, killed, no room: never status 0, never a half side file" {
	dump 'a,1,2020-01-01,2,1.25' 'a,2,2020-01-02,3,1.25' 'a,2' > "$T/in"
	gzip -k "$T/in"
	for n in 15 40 $(($(stat -c %s "$T/in.gz") - 1)); do
		head -c "$n" "$T/in.gz" > "$T/cut.gz"
		run --separate-stderr clean --rejects "$T/r" --ledger "$T/l" "$T/cut.gz"
		assert_equal "$status:$stderr" "1:seg-clean: $T/cut.gz: truncated gzip stream: the writer failed or the file is cut"
		[ ! -e "$T/r" ] && [ ! -e "$T/l" ]
	done
	run --separate-stderr bash -c '"$1" -q --rejects "$2/r" "$2/in" > /dev/full' - "$B/seg-clean" "$T"
	assert_equal "$status:$stderr" "1:seg-clean: standard output: No space left on device"
	[ ! -e "$T/r" ]
	{ cat "$T/in"; sleep 5; } | "$B/seg-clean" -q --rejects "$T/r" --ledger "$T/l" > "$T/out.gz" &
	local pid=$!
	sleep 0.5
	kill -9 "$pid"
	wait "$pid" || true
	[ ! -e "$T/r" ] && [ ! -e "$T/l" ]
	! gzip -t "$T/out.gz" 2> /dev/null
}

@test "what it cannot read or write is named, and nothing is left behind" {
	local c="seg-clean: $T"
	printf 'a,b\n%s\n' 1,2 3,4 > "$T/in"
	: > "$T/empty"
	gzip -c "$T/in" > "$T/gz"
	refused 1 "$c/none: No such file or directory" clean "$T/none"
	refused 1 "$c: is a directory" clean "$T"
	refused 1 "$c/empty: empty input: zero bytes" clean "$T/empty"
	{ cat "$T/gz"; echo x; } > "$T/x"
	rejected 1 "$c/x: not a gzip header behind the end of a gzip member" "$B/seg-clean" -q "$T/x"
	{ head -c 3 "$T/gz"; printf '\xe0'; tail -c +5 "$T/gz"; } > "$T/x"
	refused 1 "$c/x: a gzip header of an unknown kind" clean "$T/x"
	{ head -c -8 "$T/gz"; printf '12345678'; } > "$T/x"
	rejected 1 "$c/x: corrupt gzip data: the checksum or the length differs" "$B/seg-clean" -q "$T/x"
	{ head -c 10 "$T/gz"; printf '\xff\xff\xff'; tail -c +14 "$T/gz"; } > "$T/x"
	rejected 1 "$c/x: corrupt gzip data" "$B/seg-clean" -q "$T/x"
	refused 1 "$c/none/r: No such file or directory" clean --rejects "$T/none/r" "$T/in"
	refused 2 "$c/r: named for two outputs" clean --rejects "$T/r" --ledger "$T/r" "$T/in"
	refused 2 "$c/in: is an input too" clean --ledger "$T/in" "$T/in"
	assert_equal "$(cd "$T" && ls -A | grep -v 'err\|out')" "$(printf '%s\n' empty gz in x)"
}

@test "what is no CSV is refused, with what to do" {
	local c="seg-clean: $T/in"
	is() { printf "$1" > "$T/in"; printf '%s\n' a,b 1,2 >> "$T/in"; refused 1 "$c: $2" clean "$T/in"; }
	is 'PK\003\004' 'a zip archive or a workbook, no CSV: unpack it, or save the sheet as CSV'
	is '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' 'an old workbook, no CSV: save the sheet as CSV'
	is '\xfd7zXZ\0' 'compressed with xz: unpack it (xz -dc)'
	is '\x28\xb5\x2f\xfd' 'compressed with zstd: unpack it (zstd -dc)'
	is 'BZh9' 'compressed with bzip2: unpack it (bzip2 -dc)'
	is '\x04\x22\x4d\x18' 'compressed with lz4: unpack it (lz4 -dc)'
	is '7z\xbc\xaf\x27\x1c' 'a 7z archive: unpack it'
	is PAR1 'a Parquet file, no CSV'
	is 'SQLite format 3\0' 'an SQLite database, no CSV'
	is %%PDF-1.4 'a PDF, no CSV'
	for e in utf-16le utf-16be; do
		printf 'id,name\n1,caf\xc3\xa9\n' | iconv -f utf-8 -t $e > "$T/in"
		refused 1 "$c: UTF-16 without a byte order mark, by the looks of it; say --encoding $e" clean "$T/in"
		run clean --encoding $e "$T/in"
		assert_output "$(tsv 'id|name' '1|café')"
	done
	gives 'P,K\n1,2\n' 'p|k/1|2'
}

@test "no room for a side file, for the spool, for memory: status 1, and no file" {
	[[ $SEG_BUILD = */san ]] && skip "the sanitizers need more memory than the limits set here"
	seq 3000000 | sed '1i a' > "$T/in"
	limited() { run bash -c "trap '' XFSZ; ulimit $1; shift; \"\$@\" 2>&1 > /dev/null" - "$1" "$B/seg-clean" "${@:2}"; }
	limited "-f 100" --rejects "$T/r" --columns a:date "$T/in"
	assert_equal "$status:$output" "1:seg-clean: $T/r: File too large"
	assert_equal "$(ls -A "$T")" in
	limited "-v 60000" --threads 1 --dedup "$T/in"
	assert_equal "$status:$output" "1:seg-clean: out of memory"
	limited "-v 200000" --threads 64 "$T/in"
	assert_equal "$status:$output" "1:seg-clean: cannot start a thread"
	awk 'BEGIN { print "customer_id,date,amount"; for (i = 0; i < 2600000; i++) print i ",1/" 1 + i % 11 "/2020,1" }' > "$T/in"
	TMPDIR=$T limited "-f 100" "$T/in"
	assert_equal "$status:$output" "1:seg-clean: $T: cannot write a temporary file: File too large"
	assert_equal "$(ls -A "$T")" in
}

@test "killed while it works: no side file under its name, no end mark" {
	{ echo a; seq 3000000; } > "$T/in"
	mkdir "$T/side"
	local pid signal wait
	for signal in KILL TERM; do
		for wait in 0.05 0.1 0.2 0.4; do
			"$B/seg-clean" -q --columns a:date --rejects "$T/side/r" --ledger "$T/side/l" \
				< <(cat "$T/in" && sleep 2) > "$T/out.gz" &
			pid=$!
			sleep $wait
			kill -$signal "$pid"
			wait "$pid" || true
			[ ! -e "$T/side/r" ] && [ ! -e "$T/side/l" ] || fail "a side file after $wait s"
			! gzip -t "$T/out.gz" 2> /dev/null || fail "an end mark after $wait s"
			# a signal that can be caught takes what was begun along
			[ $signal = KILL ] && rm -rf "$T/side" && mkdir "$T/side"
			assert_equal "$(ls -A "$T/side")" ""
		done
	done
}

@test "a terminal is told that it is read" {
	need_command script
	run timeout 20 script -qec "timeout 1 '$B/seg-clean' -p" /dev/null < /dev/null
	assert_line --index 0 --partial "seg-clean: reading from the terminal; --help tells what to give"
}

@test "strict: the first repair or fault is an error" {
	printf 'a,b\n1,2\n\n3, 4\n5\n' > "$T/in"
	run --separate-stderr clean --strict "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: $T/in:3: empty lines skipped (--strict)"
	printf 'a,b\n1,2\n3\n' > "$T/in"
	run --separate-stderr clean --strict "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: $T/in:3: too_few_fields (--strict)"
	dump 'a,1,2020-01-01,-2,5' > "$T/in"
	run clean --strict --returns drop "$T/in"
	assert_success
}

@test "options: what is wrong is named" {
	printf 'a,b\n1,2\n' > "$T/in"
	refused 2 'seg-clean: option --delimiter: not one byte: "ab"' clean --delimiter ab "$T/in"
	refused 2 'seg-clean: option --quote: not one byte: ""' clean --quote '' "$T/in"
	refused 2 'seg-clean: options --delimiter and --quote: the same byte' clean --quote , --delimiter , "$T/in"
	refused 2 'seg-clean: option --min-price: neither a number nor none: "x"' clean --min-price x "$T/in"
	refused 2 'seg-clean: option --decimal: neither . nor , nor auto: ";"' clean --decimal ';' "$T/in"
	refused 2 'seg-clean: option --decimal: no such column: "z"' clean --decimal z=, "$T/in"
	refused 2 'seg-clean: option --decimal: column b holds no numbers' clean --columns a,b:text --decimal b=, "$T/in"
	refused 2 'seg-clean: option --date-format: not a format of a whole date: "%H:%M"' clean --date-format %H:%M "$T/in"
	refused 2 'seg-clean: option --max-field: 10 is too little, the least is 1K' clean --max-field 10 "$T/in"
	refused 2 'seg-clean: option --max-field: 2G is too much, the most is 1G' clean --max-field 2G "$T/in"
	refused 2 'seg-clean: option --date-probe: 0 is too little, the least is 1' clean --date-probe 0 "$T/in"
	run --separate-stderr clean --expect-rows 2 "$T/in"
	assert_equal "$status:$stderr" "1:seg-clean: 1 rows in, not 2 as --expect-rows says"
	run clean --expect-rows 1 "$T/in"
	assert_success
}

@test "the same bytes for any number of threads and any --mem" {
	awk 'BEGIN { srand(7); print "CustomerID,InvoiceNo,InvoiceDate,Quantity,UnitPrice,Note"
		for (i = 0; i < 30000; i++) printf "%d,%d,%d/%d/2020,%d,%d.%02d,%s\n", i % 977, i / 4, 1 + int(i / 2500),
			1 + i % 28, i % 37 - 2, i % 9, i % 100, i % 7 ? "plain text" : "\"two\nlines, \"\"and\"\" more\"" }' > "$T/in"
	for o in "--threads 1" "--threads 2" "--threads 7" "--mem 96M" "--threads 3 --dedup"; do
		clean $o --rejects "$T/r" --ledger "$T/l" "$T/in" | cat - "$T/r" "$T/l" | sha256sum
	done > "$T/sums"
	[ "$(sort -u "$T/sums" | wc -l)" = 1 ]
}

@test "spool of an open date format: a directory that is not there" {
	awk 'BEGIN { print "customer_id,date,amount"
		for (i = 0; i < 2600000; i++) print i ",1/" 1 + i % 11 "/2020,1" }' > "$T/in"
	run --separate-stderr env TMPDIR=/nonexistent "$B/seg-clean" -q "$T/in"
	assert_equal "$status" 1
	assert_equal "$stderr" "seg-clean: /nonexistent: cannot make a temporary file: No such file or directory"
	echo "1,1/13/2020,1" >> "$T/in"
	[ "$(clean "$T/in" | sed -n '3p;$p')" = "$(tsv '1|2020-01-02|1' '1|2020-01-13|1')" ]
}

@test "real: Online Retail, counts and sums of DATA.md, both editions alike" {
	need_data online-retail.csv.gz online-retail.latin1-crlf.csv.gz
	sums() { clean "$@" "$D/online-retail.csv.gz" | awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) k[$i] = i; next }
		{ n++; c[$k["customer_id"]]; v[$k["invoice"]] } END { printf "%d %d %d", n, length(c), length(v) }'; }
	assert_equal "$(sums | cut -d' ' -f1,2)" "406789 4371"
	assert_equal "$(sums --returns drop)" "397884 4338 18532"
	assert_equal "$(sums --returns drop --min-price 0 | cut -d' ' -f1,2)" "397924 4339"
	assert_equal "$(sums --min-price none | cut -d' ' -f2)" 4372
	clean --returns drop --ledger "$T/l" "$D/online-retail.csv.gz" > "$T/a"
	clean --returns drop "$D/online-retail.latin1-crlf.csv.gz" | cmp - "$T/a"
	assert_equal "$(grep -P '^(in|out)\t' "$T/l" | cut -f1,2,4)" "$(tsv 'in|541909|9747747.934' 'out|397884|8911407.904')"
	clean --returns drop --dedup --ledger "$T/l" "$D/online-retail.csv.gz" > /dev/null
	assert_equal "$(grep -P '^out\t' "$T/l" | cut -f1,2,4)" "$(tsv 'out|392692|8887208.894')"
	run notes --keep-missing-id --min-price none "$D/online-retail.latin1-crlf.csv.gz"
	assert_line "seg-clean: repaired: read as windows-1252: 32 (first at $D/online-retail.latin1-crlf.csv.gz:38250)"
	assert_line "seg-clean: repaired: blanks at the edges cut: 113452 (first at $D/online-retail.latin1-crlf.csv.gz:12)"
}

@test "real: a lost row of Online Retail is noticed" {
	need_data online-retail.csv.gz
	export SEG_TEST_DROP_ROW=5
	run --separate-stderr bash -c '"$1" -q "$2" > /dev/null' - "$B/seg-clean" "$D/online-retail.csv.gz"
	assert_equal "$stderr" "seg-clean: the ledger does not balance: rows: 541909 in, 541908 out or left out"
	assert_equal "$status" 1
}

@test "real: the other dumps of DATA.md" {
	need_data retail-transactions.csv.gz purchase-365.csv.gz lookalike-5000.csv
	clean "$D/retail-transactions.csv.gz" > "$T/a"
	assert_equal "$(head -1 "$T/a")" "$(tsv 'customer_id|date|amount')"
	assert_equal "$(($(wc -l < "$T/a") - 1)) $(cut -f1 "$T/a" | tail -n +2 | sort -u | wc -l)" "125000 6889"
	assert_equal "$(cut -f2 "$T/a" | tail -n +2 | sort | sed -n '1p;$p' | tr '\n' ' ')" "2011-05-16 2015-03-16 "
	clean --derive 'price=mean(price_1..price_5)' "$D/purchase-365.csv.gz" > "$T/a"
	assert_equal "$(col incidence < "$T/a" | grep -c 1) $(wc -l < "$T/a")" "14638 58694"
	assert_equal "$(col price < "$T/a" | head -1)" 2.044
	zcat -f "$D/lookalike-5000.csv" | tail -n +2 | tr , '\t' > "$T/b"
	clean "$D/lookalike-5000.csv" | tail -n +2 | cmp - "$T/b"
}

@test "real: three dialects of one campaign table agree" {
	need_data marketing-campaign.tab.csv marketing-campaign.dollar.csv marketing-campaign.semicolon-bom-crlf.csv
	clean "$D/marketing-campaign.tab.csv" > "$T/tab"
	clean "$D/marketing-campaign.semicolon-bom-crlf.csv" > "$T/semi"
	cmp "$T/tab" "$T/semi"
	# the third has no z_cost_contact and z_revenue, a country instead, and other orders; every other cell is the same
	clean "$D/marketing-campaign.dollar.csv" > "$T/dollar"
	assert_equal "$(cat "$T/tab" "$T/dollar" | grep ^id | tr '\t' '\n' | sort | uniq -u | tr '\n' ' ')" "country z_cost_contact z_revenue "
	local common
	common=$(head -1 "$T/tab" | tr '\t' '\n' | grep -v ^z_ | sed 's/^dt_customer$/&:date/' | paste -sd,)
	clean --columns "$common" "$D/marketing-campaign.tab.csv" | tail -n +2 | sort > "$T/tab"
	clean --columns "$common" "$D/marketing-campaign.dollar.csv" | tail -n +2 | sort > "$T/dollar"
	cmp "$T/tab" "$T/dollar"
	assert_equal "$(cut -f5 "$T/tab" | grep -c '^$')" 24
}
