// Tells stories in node as a tab does: node tell.mjs ENGINE PYODIDE STORY.PY < questions,
// lines of JSON with a lesson, a side and its changed files. It prints what they came to, one a line.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";
import { gunzipSync } from "node:zlib";
import { Engine } from "./engine.js";
import { Host, build } from "./golang.js";
import { Python } from "./python.js";

const [dir, pyodide, story] = process.argv.slice(2);
const manifest = JSON.parse(await readFile(`${dir}/manifest.json`, "utf8"));
const engine = new Engine(manifest, async (file) => {
	const content = await readFile(`${dir}/${file}`);
	return new Uint8Array(file.endsWith(".gz") ? gunzipSync(content) : content);
});
runInThisContext(await readFile(`${dir}/${manifest.files["wasm_exec.js"]}`, "utf8"));
const host = new Host();
let python;

async function tell({ lesson, side, files }) {
	if (side === "go") {
		const built = await build(engine, lesson, files, () => {});
		return built.module ? host.tell(built.module, lesson) : { events: [], out: "", fault: built.fault };
	}
	if (!python) {
		python = new Python();
		await python.start(pyodide, await readFile(story, "utf8"));
	}
	return python.tell(files);
}

for await (const line of createInterface({ input: process.stdin })) {
	const began = performance.now();
	const telling = await tell(JSON.parse(line)).catch((error) => ({ events: [], out: "", fault: String(error) }));
	console.log(JSON.stringify({ ...telling, took: Math.round(performance.now() - began) }));
}
process.exit();
