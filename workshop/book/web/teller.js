// Runs a story beside the page, so that the page never stops and can end it: a
// worker of its own for each run of Go, one for all runs of Python.
import { Host } from "./golang.js";
import { Python } from "./python.js";

/** @type {any} */
const worker = self;

/** @type {Promise<Python> | undefined} */
let python;

/**
 * @typedef {object} Task
 * @property {string} lesson
 * @property {WebAssembly.Module} [module] Of Go.
 * @property {string} [support] Where wasm_exec.js lies.
 * @property {string[]} [orders] In which other orders to tell it.
 * @property {string} [pyodide] Where it lies.
 * @property {string} [story] The address of story.py.
 * @property {Record<string, string>} [files] Of Python.
 */

/**
 * A story may come from a link. What it could do harm with is taken away before it runs.
 */
function confine() {
	for (const name of ["fetch", "XMLHttpRequest", "WebSocket", "WebSocketStream", "WebTransport", "EventSource", "caches", "indexedDB", "BroadcastChannel", "SharedWorker", "Worker", "importScripts", "navigator"]) {
		for (let object = worker; object; object = Object.getPrototypeOf(object)) delete object[name];
	}
}

async function startPython(/** @type {Task} */ { pyodide = "", story = "" }) {
	const made = new Python();
	await made.start(pyodide, await (await fetch(story)).text());
	confine();
	return made;
}

worker.onmessage = async (/** @type {MessageEvent<Task>} */ { data }) => {
	try {
		if (data.module) {
			await import(data.support ?? "");
			confine();
			const host = new Host();
			worker.postMessage({ runs: true });
			worker.postMessage({ told: await host.tell(data.module, data.lesson) });
			for (const order of data.orders ?? []) worker.postMessage({ order: (await host.tell(data.module, data.lesson, order)).events });
			worker.postMessage({ done: true });
		} else {
			const ready = await (python ??= startPython(data));
			worker.postMessage({ runs: true });
			worker.postMessage({ told: ready.tell(data.files ?? {}) });
		}
	} catch (error) {
		worker.postMessage({ failed: String(error) });
	}
};
