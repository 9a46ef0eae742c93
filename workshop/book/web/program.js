// Runs one test binary in a worker of its own, which can be ended.
import { Engine } from "./engine.js";

/** @import { Env } from "./engine.js" */

/** @type {any} */
const worker = self;

worker.onmessage = async (/** @type {MessageEvent<{ module: WebAssembly.Module, args: string[], cwd: string, env: Env, support: string }>} */ event) => {
	const { module, args, cwd, env, support } = event.data;
	const host = Engine.host();
	host.fs.put(`${cwd}/.`, "");
	host.fs.cwd = cwd;
	host.says = (fd, text) => worker.postMessage({ fd, text });
	await import(support);
	worker.postMessage({ ran: await host.run(module, args, env) });
};
