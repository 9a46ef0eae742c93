// Runs the engine beside the page, so that the page never stops.
import { Engine, mostOutput } from "./engine.js";
import { build } from "./golang.js";

/** @import { Ran } from "./engine.js" */

/** @type {any} */
const worker = self;
const base = new URL("../engine/", import.meta.url);

/** @type {Promise<Engine> | undefined} */
let engine;

const cache = "caches" in self ? caches.open(`engine of ${base.pathname}`) : undefined; // not there without https

/**
 * A file of the engine: from the cache, or from the network into the cache.
 * @param {string} file
 */
async function kept(file) {
	const url = new URL(file, base);
	const old = await (await cache)?.match(url);
	if (old) return old;
	const response = await fetch(url);
	if (!response.ok) throw new Error(`${file}: ${response.status}`);
	const copy = response.clone();
	cache?.then((c) => c.put(url, copy)).catch(() => {}); // without room it is loaded again
	return response;
}

/** What the engine is made of: the newest if there is a network. What it is not made of any more is forgotten. */
async function manifest() {
	const url = new URL("manifest.json", base);
	const c = await cache;
	const response = await fetch(url).catch(() => undefined);
	if (!response?.ok) {
		const old = await c?.match(url);
		if (!old) throw new Error("Go could not be loaded, and is not kept from an earlier visit");
		return old.json();
	}
	await c?.put(url, response.clone());
	const has = await response.json();
	const wanted = new Set([...Object.values(has.files), ...Object.values(has.lessons), "manifest.json"]);
	for (const old of (await c?.keys()) ?? []) {
		if (!wanted.has(old.url.slice(old.url.lastIndexOf("/") + 1))) await c?.delete(old);
	}
	return has;
}

/** @param {string} file */
async function unpacked(file) {
	const { body } = await kept(file);
	if (!body) throw new Error(`${file} is empty`);
	const counted = body.pipeThrough(
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
	const has = await manifest();
	worker.postMessage({ size: has.size });
	await kept(has.files["wasm_exec.js"]); // so that the service worker has it, too
	const support = new URL(has.files["wasm_exec.js"], base).href;
	await import(support);
	return new Engine(has, unpacked, (module, args, cwd) => apart(module, args, cwd, support));
}

const second = 1000;
let patience = 10 * second;

/**
 * Runs a test binary in a worker of its own. A test that says nothing for 10 s
 * loops: the worker has one thread, and the loop has it.
 * @param {WebAssembly.Module} module
 * @param {string[]} args
 * @param {string} cwd
 * @param {string} support
 * @returns {Promise<Ran>}
 */
function apart(module, args, cwd, support) {
	const { promise, resolve, reject } = /** @type {PromiseWithResolvers<Ran>} */ (Promise.withResolvers());
	const program = new Worker(new URL("./program.js", import.meta.url), { type: "module" });
	const said = { 1: "", 2: "" };
	const end = (/** @type {string} */ ended) => resolve({ status: 2, out: said[1], err: "", ended });
	const seconds = Math.round(patience / second);
	const still = () => end(said[1].length > mostOutput / 2
		? `hang: the answer prints more than 1 MiB, and does not come to an end within ${seconds} s`
		: `hang: nothing has happened for ${seconds} s: an endless loop? In a tab Go has one thread, and a loop that never waits keeps it`);
	let timer = setTimeout(still, patience);
	const whole = setTimeout(() => end(`hang: the tests did not come to an end within ${6 * seconds} s`), 6 * patience);
	program.onmessage = ({ data }) => {
		clearTimeout(timer);
		if (data.ran) return resolve(data.ran);
		said[data.fd === 1 ? 1 : 2] += data.text;
		if (/^fatal error: .*(out of memory|cannot allocate)/m.test(said[2])) return end("memory: the answer takes more than 512 MB, and was ended");
		timer = setTimeout(still, patience);
	};
	program.onerror = (event) => reject(new Error(event.message || "the program could not be run"));
	program.postMessage({ module, args, cwd, support });
	return promise.finally(() => {
		clearTimeout(timer);
		clearTimeout(whole);
		program.terminate();
	});
}

/** @typedef {{ id: number, call: "check" | "beside" | "compare", args: any[], story?: undefined } | { story: string, files: Record<string, string> }} Task An answer to check, or a story to build. */

worker.onmessage = async (/** @type {MessageEvent<Task>} */ { data }) => {
	const id = data.story === undefined ? data.id : 0;
	try {
		const ready = await (engine ??= start());
		const began = performance.now();
		const says = (/** @type {string} */ what) => {
			if (what.startsWith("runs")) patience = Math.max(10 * second, 4 * (performance.now() - began)); // a slow machine is given more
			worker.postMessage({ id, says: what });
		};
		if (data.story !== undefined) {
			const support = new URL(ready.file("wasm_exec.js"), base).href;
			return worker.postMessage({ ...(await build(ready, data.story, data.files, says)), support });
		}
		const { call, args: [lesson, first, then] } = data;
		const value = call === "check" ? await ready.check(lesson, first, { says }) : call === "beside" ? await ready.beside(lesson, first, then) : await ready.compare(lesson, first);
		worker.postMessage({ id, value });
	} catch (error) {
		engine = undefined; // half a download is none
		worker.postMessage({ id, failed: error instanceof Error ? error.message : String(error) });
	}
};
