// Checks answers with the engine in node: node check.mjs ENGINE < questions,
// lines of JSON with a lesson and a file. It prints the verdicts, one a line.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";
import { gunzipSync } from "node:zlib";
import { Engine } from "./engine.js";

const dir = process.argv[2];
const manifest = JSON.parse(await readFile(`${dir}/manifest.json`, "utf8"));
const engine = new Engine(manifest, async (file) => {
	const content = await readFile(`${dir}/${file}`);
	return new Uint8Array(file.endsWith(".gz") ? gunzipSync(content) : content);
});
runInThisContext(await readFile(`${dir}/${manifest.files["wasm_exec.js"]}`, "utf8"));
for await (const line of createInterface({ input: process.stdin })) {
	const { lesson, file } = JSON.parse(line);
	const began = Date.now();
	const verdict = await engine.check(lesson, await readFile(file, "utf8")).catch((error) => ({ failed: String(error) }));
	console.log(JSON.stringify({ ...verdict, took: Date.now() - began }));
}
process.exit();
