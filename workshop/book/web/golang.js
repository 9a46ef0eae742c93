// Go in the tab: the engine builds a story, a host runs it in virtual time.
import { Engine } from "./engine.js";

/** @import { Said } from "./story.js" */
/** @import { Telling } from "./python.js" */

/**
 * Compiles and links a lesson's main package.
 * @param {Engine} engine
 * @param {string} lesson
 * @param {Record<string, string>} edited Sources in the place of the story's own.
 * @param {(what: string) => void} says
 * @returns {Promise<{ module: WebAssembly.Module } | { fault: string }>}
 */
export async function build(engine, lesson, edited, says) {
	const { story } = await engine.lesson(lesson);
	if (!story) throw new Error(`the story of ${lesson} does not run here`);
	const folder = `/workshop/${lesson}`;
	const files = { ...story.files, ...edited };
	for (const [name, text] of Object.entries(files)) engine.fs.put(`${folder}/${name}`, text);
	engine.fs.cwd = folder;
	says(engine.compiles);
	const complaint = await engine.compile("main", Object.keys(files), "/build/story.a");
	if (complaint) return { fault: complaint.replaceAll(`${folder}/`, "").trim() };
	says("links");
	const { module, unbuilt } = await engine.link("/build/story.a");
	return module ? { module } : { fault: unbuilt?.trim() ?? "the linker failed" };
}

export class Host {
	constructor() {
		this.engine = Engine.host();
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
