// SPDX-License-Identifier: MIT
// page.js NODE_MODULES PDFS FILE...: opens each report from disk in headless
// Chromium, with the network off, as a reader would: light, dark, on a phone,
// without scripts, on paper; sorts, filters, hovers, chooses axes; runs
// axe-core.  Prints what is wrong, a line each, and ends with status 1.
"use strict";
const fs = require("fs"), path = require("path");
const [modules, pdfs, ...files] = process.argv.slice(2);
const { chromium } = require(path.join(modules, "playwright-core"));
const axe = fs.readFileSync(path.join(modules, "axe-core", "axe.min.js"), "utf8");
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
	"--disable-background-networking", "--disable-component-update", "--disable-sync"];
const faults = [];

async function open(browser, file, options) {
	const context = await browser.newContext({ offline: true, ...options });
	const page = await context.newPage(), name = path.basename(path.dirname(file)) + "/" + path.basename(file);
	const fault = text => faults.push(`${name}: ${text}`);
	page.on("console", message => fault(`console: ${message.text()}`));
	page.on("pageerror", error => fault(`error: ${error}`));
	page.on("request", request => {
		if (request.url() !== "file://" + file)
			fault(`request: ${request.url()}`);
	});
	await page.goto("file://" + file);
	return { context, page, fault };
}

async function accessible({ page, fault }, scheme) {
	await page.evaluate(axe);
	const result = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
	for (const v of result.violations)
		fault(`${scheme}: axe: ${v.impact}: ${v.id}: ${v.nodes[0].html.slice(0, 120)}`);
}

// Every heading of every table puts the numbers in order, twice: both ways.
async function sorts({ page, fault }) {
	const wrong = await page.evaluate(() => {
		const wrong = [];
		let clicked = 0;
		for (const table of document.querySelectorAll("table"))
			[...table.tHead.rows[0].cells].forEach((th, i) => {
				const button = th.querySelector("button");
				if (!button)
					return;
				for (let turn = 0; turn < 2; turn++) {
					button.click();
					clicked++;
					const up = th.getAttribute("aria-sort") === "ascending" ? 1 : -1;
					const v = [...table.tBodies[0].rows].map(row => row.cells[i].dataset.v)
						.filter(x => x !== undefined).map(Number);
					if (v.some((x, k) => k && up * (x - v[k - 1]) < 0))
						wrong.push(`${table.caption.textContent}: ${th.textContent}`);
				}
			});
		return clicked ? wrong : ["nothing to sort"];
	});
	wrong.forEach(text => fault(`not sorted: ${text}`));
}

async function filters({ page, fault }) {
	const box = page.locator(".filter input").first();
	if (!await box.count())
		return;
	const hidden = () => page.evaluate(() => document.querySelectorAll("[data-label][hidden]").length);
	await box.uncheck();
	const taken = await hidden();
	await box.check();
	if (taken < 1 || await hidden() !== 0)
		fault(`filter: ${taken} hidden, then ${await hidden()}`);
}

async function scatters({ page, fault }) {
	const svg = page.locator("svg[data-axes]").first();
	if (!await svg.count())
		return;
	const places = () => page.evaluate(() => [...document.querySelectorAll("svg[data-axes] circle[data-v]")]
		.map(dot => dot.getAttribute("cx")).join());
	const before = await places(), select = page.locator(".axes-of select").first();
	const last = await select.evaluate(x => x.options.length - 1);
	const name = await select.evaluate(x => x.options[x.options.length - 1].text);
	await select.selectOption(String(last));
	if (await places() === before)
		fault("scatter: another axis moves no point");
	if (!(await svg.locator(".axes").textContent()).includes(name))
		fault(`scatter: the axis is not named ${name}`);
	await select.selectOption("0");
	const moved = (await places()).split(",").some((x, i) => Math.abs(x - before.split(",")[i]) > 0.11);
	if (moved)
		fault("scatter: the first axis is not drawn as the page had it");
	await page.locator("svg[data-axes] circle[data-v]").last().dispatchEvent("pointerover");
	if (!/: -?[0-9]/.test(await page.locator("figure output").first().textContent()))
		fault("scatter: a point does not tell its values");
}

// Nothing from the data is an element, nothing ran.
async function harmless({ page, fault }) {
	const found = await page.evaluate(() => [document.querySelectorAll("img,iframe,object,b,i,form").length,
		document.scripts.length, typeof window.hit]);
	if (found.join() !== "0,1,undefined")
		fault(`elements of the data: ${found}`);
}

async function read(browser, file) {
	const light = await open(browser, file, { colorScheme: "light", viewport: { width: 1280, height: 900 } });
	await accessible(light, "light");
	await harmless(light);
	await sorts(light);
	await filters(light);
	await scatters(light);
	await light.page.pdf({ path: path.join(pdfs, path.basename(path.dirname(file)) + "-" + path.basename(file) + ".pdf"),
		format: "A4" });
	await light.context.close();
	const dark = await open(browser, file, { colorScheme: "dark", viewport: { width: 1280, height: 900 } });
	await accessible(dark, "dark");
	const colours = await dark.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	if (!/rgb\(1?\d, /.test(colours))
		dark.fault(`dark: the page is ${colours}`);
	await dark.context.close();
	const phone = await open(browser, file, { viewport: { width: 390, height: 844 } });
	const width = await phone.page.evaluate(() => document.documentElement.scrollWidth);
	if (width > 390)
		phone.fault(`phone: ${width} pixels wide`);
	await phone.context.close();
	const plain = await open(browser, file, { javaScriptEnabled: false });
	const sections = await plain.page.locator("section h2").count();
	for (let i = 0; i < sections; i++)
		if (!await plain.page.locator("section h2").nth(i).isVisible())
			plain.fault("without scripts: a section cannot be seen");
	if (!sections)
		plain.fault("no sections");
	await plain.context.close();
}

(async () => {
	const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
	for (const file of files)
		await read(browser, path.resolve(file));
	await browser.close();
	for (const text of faults)
		console.log(text);
	console.log(`${files.length} pages read`);
	process.exit(faults.length ? 1 : 0);
})();
