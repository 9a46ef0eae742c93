// The engine in node, as the Go tests run it: a program answers lines of JSON.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";
import { gunzipSync } from "node:zlib";
import { Engine } from "./engine.js";

/** The engine that lies in a folder. */
export async function engineIn(dir) {
	const manifest = JSON.parse(await readFile(`${dir}/manifest.json`, "utf8"));
	runInThisContext(await readFile(`${dir}/${manifest.files["wasm_exec.js"]}`, "utf8"));
	return new Engine(manifest, async (file) => {
		const content = await readFile(`${dir}/${file}`);
		return new Uint8Array(file.endsWith(".gz") ? gunzipSync(content) : content);
	});
}

/** Answers each line of the standard input, and says how many milliseconds it took. */
export async function answer(question) {
	for await (const line of createInterface({ input: process.stdin })) {
		const began = performance.now();
		const found = await question(JSON.parse(line));
		console.log(JSON.stringify({ ...found, took: Math.round(performance.now() - began) }));
	}
	process.exit();
}
