// Runs the engine beside the page, so that the page never stops.
import { Engine } from "./engine.js";
import { build } from "./golang.js";

/** @type {any} */
const worker = self;
const base = new URL("../engine/", import.meta.url);

/** @type {Promise<Engine> | undefined} */
let engine;

/** @param {string} file */
async function unpacked(file) {
	const response = await fetch(new URL(file, base));
	if (!response.ok || !response.body) throw new Error(`${file}: ${response.status}`);
	const counted = response.body.pipeThrough(
		new TransformStream({
			transform(chunk, controller) {
				worker.postMessage({ loaded: chunk.length });
				controller.enqueue(chunk);
			},
		}),
	);
	const whole = file.endsWith(".gz") ? counted.pipeThrough(new DecompressionStream("gzip")) : counted;
	return new Uint8Array(await new Response(whole).arrayBuffer());
}

async function start() {
	const manifest = await (await fetch(new URL("manifest.json", base))).json();
	worker.postMessage({ size: manifest.size });
	await import(new URL(manifest.files["wasm_exec.js"], base).href);
	return new Engine(manifest, unpacked);
}

/** @typedef {{ lesson: string, answer: string, story?: undefined } | { story: string, files: Record<string, string> }} Task An answer to check, or a story to build. */

worker.onmessage = async (/** @type {MessageEvent<Task>} */ { data }) => {
	const says = (/** @type {string} */ what) => worker.postMessage({ says: what });
	try {
		const ready = await (engine ??= start());
		if (data.story !== undefined) {
			const support = new URL(ready.file("wasm_exec.js"), base).href;
			return worker.postMessage({ ...(await build(ready, data.story, data.files, says)), support });
		}
		const verdict = await ready.check(data.lesson, data.answer, { says });
		worker.postMessage({ verdict });
	} catch (error) {
		worker.postMessage({ failed: String(error) });
	}
};
