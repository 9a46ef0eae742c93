// Runs the engine beside the page, so that the page never stops.
import { Engine, mostOutput } from "./engine.js";
import { build } from "./golang.js";

/** @import { Env, Ran } from "./engine.js" */

/** @type {any} */
const worker = self;
const base = new URL("../engine/", import.meta.url);

/** @type {Promise<Engine> | undefined} */
let engine;

const beside = worker.name === "live"; // a clone: the engine comes from this machine, and the address changes
const keeps = "caches" in self && !beside; // not there without https
const cache = openCache();

/** Some browsers refuse it, in a private window or where cookies are blocked; then the engine is loaded anew. */
async function openCache() {
	try {
		return keeps ? await caches.open(`engine of ${base.pathname}`) : undefined;
	} catch {
		return undefined;
	}
}

/**
 * A file of the engine: from the cache, or from the network into the cache.
 * @param {string} file
 */
async function fetched(file) {
	const url = new URL(file, base);
	const c = await cache;
	const old = await c?.match(url);
	if (old) return old;
	const response = await fetch(url);
	if (!response.ok) throw new Error(`${file}: ${response.status}`);
	c?.put(url, response.clone()).catch(() => {}); // without room it is loaded again
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
	await c?.put(url, response.clone()).catch(() => {}); // without room
	const has = await response.json();
	const wanted = new Set([...Object.values(has.files), ...Object.values(has.lessons), "manifest.json"]);
	for (const old of (await c?.keys()) ?? []) {
		if (!wanted.has(old.url.slice(old.url.lastIndexOf("/") + 1))) await c?.delete(old);
	}
	return has;
}

/** Whether an earlier visit has left the engine here, but for what few lessons need. */
async function isKept() {
	const c = await cache;
	const has = await (await c?.match(new URL("manifest.json", base)))?.json();
	if (!has) return false;
	const { rare: _, ...files } = has.files;
	return (await Promise.all(Object.values(files).map((file) => c?.match(new URL(file, base))))).every(Boolean);
}

/** @param {string} file */
async function unpacked(file) {
	const { body } = await fetched(file);
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

/** @typedef {{ modules: Record<string, WebAssembly.Module>, compiled: Engine["compiled"] }} Kept What a worker has compiled: of the engine, by its files, and tests. */

/** @param {Kept} kept By an earlier worker. */
async function start({ modules, compiled }) {
	const has = await manifest();
	worker.postMessage({ size: has.size });
	await fetched(has.files["wasm_exec.js"]); // so that the service worker has it, too
	support = new URL(has.files["wasm_exec.js"], base).href;
	await import(support);
	const made = new Engine(has, unpacked, (module, args, cwd, env) => apart({ module, args, cwd, env }));
	for (const [file, module] of Object.entries(modules)) made.tools.set(file, Promise.resolve(module));
	made.compiled = compiled;
	made.hasCompiled = (file, module) => worker.postMessage({ modules: { [file]: module } });
	return made;
}

const second = 1000;
let patience = 10 * second;

let support = ""; // where Go's wasm_exec.js lies

function program() {
	const made = new Worker(new URL("./program.js", import.meta.url), { type: "module" });
	made.postMessage({ support });
	return made;
}

/** @type {Worker | undefined} One that has loaded its scripts: none starts while the engine builds. */
let spare;

/**
 * Runs a test binary in a worker, which can be ended. A test that says nothing for 10 s
 * loops: the worker has one thread, and the loop has it.
 * @param {{ module: WebAssembly.Module, args: string[], cwd: string, env: Env }} task
 * @returns {Promise<Ran>}
 */
function apart(task) {
	const { promise, resolve, reject } = /** @type {PromiseWithResolvers<Ran>} */ (Promise.withResolvers());
	const runs = spare ?? program();
	spare = undefined;
	const said = { 1: "", 2: "" };
	const end = (/** @type {string} */ ended) => resolve({ status: 2, out: said[1], err: "", ended });
	const seconds = Math.round(patience / second);
	const still = () => end(said[1].length > mostOutput / 2
		? `hang: the answer prints more than 1 MiB, and does not come to an end within ${seconds} s`
		: `hang: nothing has happened for ${seconds} s: an endless loop? In a tab Go has one thread, and a loop that never waits keeps it`);
	let timer = setTimeout(still, patience);
	const whole = setTimeout(() => end(`hang: the tests did not come to an end within ${6 * seconds} s`), 6 * patience);
	runs.onmessage = ({ data }) => {
		clearTimeout(timer);
		if (data.ran) return resolve(data.ran);
		if (data.failed) return reject(new Error(data.failed));
		said[data.fd === 1 ? 1 : 2] += data.text;
		if (/^fatal error: .*(out of memory|cannot allocate)/m.test(said[2])) return end("memory: the answer takes more than 512 MB, and was ended");
		timer = setTimeout(still, patience);
	};
	runs.onerror = (event) => reject(new Error(event.message || "the program could not be run"));
	runs.postMessage(task);
	return promise.then((ran) => {
		if (ran.status === 0 && !ran.ended) spare ??= runs;
		return ran;
	}).finally(() => {
		clearTimeout(timer);
		clearTimeout(whole);
		if (spare !== runs) runs.terminate();
	});
}

/** @typedef {{ call: "check" | "beside" | "compare" | "story" | "warm" | "prepare", args: any[] }} Question About an answer, or a story to build, or nothing but to be ready. */

/**
 * @param {Engine} ready
 * @param {Question} question
 */
async function answer(ready, { call, args: [lesson, first, then] }) {
	const began = performance.now();
	const says = (/** @type {string} */ what) => {
		if (what.startsWith("runs")) patience = Math.max(10 * second, 4 * (performance.now() - began)); // a slow machine is given more
		worker.postMessage({ says: what });
	};
	switch (call) {
		case "story":
			return { ...(await build(ready, lesson, first, says)), support };
		case "check":
			spare ??= program();
			return ready.check(lesson, first, { says }).finally(() => {
				worker.postMessage({ compiled: ready.compiled });
				spare?.terminate(); // it keeps the memory of what it has run
				spare = program(); // for the next check
			});
		case "beside":
			return ready.beside(lesson, first, then);
		case "compare":
			return ready.compare(lesson, first);
		case "warm":
			return void (await ready.lesson(lesson));
		case "prepare":
			if (!(await isKept())) return false; // the site has a newer one
			await (first === undefined ? build(ready, lesson, {}, says) : ready.prepare(lesson, first));
			return true;
	}
}

/** @type {Kept} Of the worker before. */
let kept;

worker.onmessage = async (/** @type {MessageEvent<Question & { kept?: Kept }>} */ { data }) => {
	if (data.kept) ({ kept } = data); // with the first question
	try {
		if (data.call === "prepare" && !(await isKept())) return worker.postMessage({ value: false }); // it is loaded when somebody runs something
		worker.postMessage({ value: await answer(await (engine ??= start(kept)), data) });
	} catch (error) {
		engine = undefined; // half a download is none
		worker.postMessage({ failed: error instanceof Error ? error.message : String(error) });
	}
};
