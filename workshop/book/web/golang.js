// Go in the tab: the engine builds a story, a host runs it in virtual time.
import { Engine } from "./engine.js";

/** @import { Said } from "./story.js" */
/** @import { Telling } from "./python.js" */

const megabytes = 512;

/**
 * Compiles and links a lesson's main package.
 * @param {Engine} engine
 * @param {string} lesson
 * @param {Record<string, string>} files
 * @param {(what: string) => void} says
 * @returns {Promise<{ module: WebAssembly.Module } | { fault: string }>}
 */
export async function build(engine, lesson, files, says) {
	const folder = `/workshop/${lesson}`;
	for (const [name, text] of Object.entries(files)) engine.fs.put(`${folder}/${name}`, text);
	engine.fs.put("/tmp/.", "");
	engine.fs.cwd = folder;
	says("compiles");
	const complaint = await engine.compile("main", Object.keys(files), "/build/story.a");
	if (complaint) return { fault: complaint.replaceAll(`${folder}/`, "").trim() };
	says("links");
	const linked = await engine.run(await engine.tool("link"), ["link", "-o", "/build/story.wasm", "-importcfg", "/build/importcfg", "-buildmode=exe", "-s", "-w", "/build/story.a"]);
	if (linked.status !== 0) return { fault: (linked.out + linked.err).trim() };
	return { module: await WebAssembly.compile(bounded(engine.fs.get("/build/story.wasm"))) };
}

export class Host {
	constructor() {
		this.engine = new Engine({ go: "", size: 0, archives: [], exercises: {}, stories: {}, files: {} }, () => Promise.reject(new Error("a story loads nothing")));
	}

	/**
	 * Tells the story of a program in virtual time.
	 * @param {WebAssembly.Module} module
	 * @param {string} lesson
	 * @param {string} [order] The number of another legal order.
	 * @returns {Promise<Telling>}
	 */
	async tell(module, lesson, order = "") {
		const began = performance.now();
		const { engine } = this;
		engine.fs.put(`/workshop/${lesson}/.`, "");
		engine.fs.put("/tmp/trace.json", "[]");
		engine.fs.cwd = `/workshop/${lesson}`;
		const { status, out, err } = await engine.run(module, ["story"], { STORY_TRACE: "/tmp/trace.json", STORY_ORDER: order });
		/** @type {Said[]} */
		const events = JSON.parse(new TextDecoder().decode(engine.fs.get("/tmp/trace.json"))) ?? [];
		return { events, out, fault: status === 0 ? "" : crash(err.trim()) || `the program ended with exit status ${status}`, took: performance.now() - began };
	}
}

/**
 * What a crash says, and the lines of the lesson that its goroutine went through; other words as they are.
 * @param {string} text
 */
function crash(text) {
	const report = /^(?:panic|fatal error): .*(?:\n.+)*/m.exec(text);
	if (!report || !/^goroutine \d+ /m.test(text)) return text;
	const [trace = ""] = text.slice(report.index + report[0].length).trim().split("\n\n");
	const places = [...trace.matchAll(/^\t\/workshop\/.*?([^/]+\.go:\d+)/gm)].map((m) => m[1]);
	const said = report[0].split("\n[signal ")[0]?.split("\ngoroutine ")[0] ?? "";
	return said + (places.length > 0 ? `\n      at ${[...new Set(places)].slice(0, 4).join(", called from ")}` : "");
}

/**
 * A module whose memory cannot grow past a limit: Go's linker sets none, and a
 * program without bounds would take the tab with it.
 * @param {Uint8Array} module
 */
function bounded(module) {
	let at = 8;
	const number = () => {
		let [value, shift] = [0, 0];
		for (;;) {
			const byte = module[at++] ?? 0;
			value |= (byte & 0x7f) << shift;
			if (byte < 0x80) return value;
			shift += 7;
		}
	};
	while (at < module.length) {
		const start = at;
		const section = module[at++];
		const size = number();
		const content = at;
		if (section !== 5) { // of the memories
			at = content + size;
			continue;
		}
		const [count, flags, pages] = [number(), number(), number()];
		if (count !== 1 || flags !== 0) break;
		const leb = (/** @type {number} */ n) => {
			const bytes = [];
			for (; n >= 0x80; n >>>= 7) bytes.push((n & 0x7f) | 0x80);
			return [...bytes, n];
		};
		const body = [1, 1, ...leb(pages), ...leb(Math.max(pages, megabytes * 16))];
		const head = [5, ...leb(body.length), ...body];
		const changed = new Uint8Array(module.length - (content + size - start) + head.length);
		changed.set(module.subarray(0, start));
		changed.set(head, start);
		changed.set(module.subarray(content + size), start + head.length);
		return changed;
	}
	return new Uint8Array(module);
}
