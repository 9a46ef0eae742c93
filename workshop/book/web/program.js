// Runs one test binary in a worker of its own, which can be ended.
import { Engine } from "./engine.js";

/** @type {any} */
const worker = self;

worker.onmessage = async (/** @type {MessageEvent<{ module: WebAssembly.Module, args: string[], cwd: string, support: string }>} */ event) => {
	const { module, args, cwd, support } = event.data;
	const host = new Engine({ go: "", size: 0, archives: [], rare: [], lessons: {}, files: {} }, () => Promise.reject(new Error("a program loads nothing")));
	host.fs.put(`${cwd}/.`, "");
	host.fs.cwd = cwd;
	host.says = (fd, text) => worker.postMessage({ fd, text });
	await import(support);
	worker.postMessage({ ran: await host.run(module, args) });
};
