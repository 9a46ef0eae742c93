// CPython in the tab: pyodide tells a lesson.py in virtual time, through story.py.
// It runs in a worker, and in node for its tests.

/** @import { Said } from "./story.js" */

/**
 * @typedef {object} Telling What a run of one program came to.
 * @property {Said[]} events
 * @property {string} out What it printed, its lines among it.
 * @property {string} fault Why it did not come to its end, or what it complained of; empty: all is well.
 * @property {number} took In milliseconds.
 */

const mostOutput = 1 << 20;
const folder = "/workshop/part/lesson"; // lesson.py looks for story.py in ../../workshop/lesson

// The loop's selector wakes up by a socket, which a tab does not have: nothing
// outside of the loop ever wakes it up here.
const prepare = `
import asyncio, asyncio.selector_events, gc, linecache, os, runpy, sys, traceback

for name in "_make_self_pipe", "_close_self_pipe", "_write_to_self":
    setattr(asyncio.selector_events.BaseSelectorEventLoop, name, lambda self: None)
asyncio.events._event_loop_policy = None  # a loop of pyodide's runs by the browser's timers
asyncio.run = asyncio.runners.run
sys.dont_write_bytecode = True
os.environ["STORY_TRACE"] = "/trace.json"

def tell(file):
    sys.argv = [file]
    sys.modules.pop("story", None)
    linecache.clearcache()
    asyncio._set_running_loop(None)  # that loop
    known, path = set(sys.modules), sys.path[:]
    try:
        runpy.run_path(file, run_name="__main__")
    except BaseException as error:
        if not (isinstance(error, SystemExit) and not error.code):
            report(error, file)
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - known:
            del sys.modules[name]
        gc.collect()  # what was never awaited says so now

def report(error, file):
    """Print the error as a person reads it: what, and the lines of the lesson that led to it."""
    said = "".join(traceback.format_exception_only(error)).strip()
    if isinstance(error, SyntaxError):
        return print(said, file=sys.stderr)
    calls = [f"lesson.py:{f.lineno}" for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    if calls:
        said += "\\n      at " + ", called from ".join(dict.fromkeys(reversed(calls)))
    print(said, file=sys.stderr)
    for inner in getattr(error, "exceptions", ()):
        report(inner, file)
`;

export class Python {
	/**
	 * @param {string} from Where pyodide lies.
	 * @param {string} story The text of story.py.
	 */
	async start(from, story) {
		const { loadPyodide } = await import(/* @vite-ignore */ `${from}pyodide.mjs`);
		limitMemory(768);
		this.said = { out: "", err: "" };
		const hear = (/** @type {"out" | "err"} */ stream) => {
			const decoder = new TextDecoder();
			return {
				write: (/** @type {Uint8Array} */ bytes) => {
					if (this.said && this.said[stream].length < mostOutput) this.said[stream] += decoder.decode(bytes, { stream: true });
					return bytes.length;
				},
			};
		};
		this.pyodide = await loadPyodide({ indexURL: from });
		this.pyodide.setStdout(hear("out"));
		this.pyodide.setStderr(hear("err"));
		this.pyodide.FS.mkdirTree("/workshop/workshop/lesson");
		this.pyodide.FS.mkdirTree(folder);
		this.pyodide.FS.writeFile("/workshop/workshop/lesson/story.py", story);
		this.pyodide.runPython(prepare);
	}

	/**
	 * Tells the story of a lesson.py.
	 * @param {Record<string, string>} files
	 * @returns {Telling}
	 */
	tell(files) {
		const began = performance.now();
		const { FS } = this.pyodide;
		this.said = { out: "", err: "" };
		for (const [name, text] of Object.entries(files)) FS.writeFile(`${folder}/${name}`, text);
		FS.writeFile("/trace.json", "[]");
		this.pyodide.runPython(`tell("${folder}/lesson.py")`);
		/** @type {Said[]} */
		const events = JSON.parse(FS.readFile("/trace.json", { encoding: "utf8" }));
		return { events, out: this.said.out, fault: this.said.err.replaceAll(`${folder}/`, "").replaceAll(/^RuntimeWarning: Enable tracemalloc.*\n/gm, "").trim(), took: performance.now() - began };
	}
}

/**
 * Bounds the memory of WebAssembly modules that are made from here on, so that
 * a program that takes all it can get ends before the tab does.
 * @param {number} megabytes
 */
function limitMemory(megabytes) {
	const pages = megabytes * 16;
	const { Memory } = WebAssembly;
	WebAssembly.Memory = class extends Memory {
		/** @param {WebAssembly.MemoryDescriptor} descriptor */
		constructor(descriptor) {
			super({ ...descriptor, maximum: Math.min(pages, descriptor.maximum ?? pages) });
		}
	};
}
