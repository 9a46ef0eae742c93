// Runs test binaries in a worker, which can be ended, one at a time.
import { Engine } from "./engine.js";

/** @import { Env } from "./engine.js" */

/** @type {any} */
const worker = self;

/** @type {Promise<unknown> | undefined} */
let support;

/** The first message says where Go's wasm_exec.js lies; each of the others has a program. */
worker.onmessage = async (/** @type {MessageEvent<{ support: string } | { module: WebAssembly.Module, args: string[], cwd: string, env: Env }>} */ { data }) => {
	if ("support" in data) {
		// Seldom a browser fails to load it, and works the next time. It does not ask again of an address that has failed.
		support = import(data.support).catch(() => import(`${data.support}?again`));
		support.catch(() => {}); // the first program says it
		return;
	}
	try {
		const { module, args, cwd, env } = data;
		const host = Engine.host();
		host.fs.put(`${cwd}/.`, "");
		host.fs.cwd = cwd;
		host.says = (fd, text) => worker.postMessage({ fd, text });
		await support;
		worker.postMessage({ ran: await host.run(module, args, env) });
	} catch (error) {
		worker.postMessage({ failed: String(error) });
	}
};
