// The workers that tell a story: the engine builds Go, one runs it, one runs Python.
import { ask, inWords } from "./bench.js";
import { root } from "./dom.js";

/** @import { Said } from "./story.js" */
/** @import { Telling } from "./python.js" */

const limit = 10_000; // milliseconds that a story may run; in virtual time it needs far less
const seeds = ["0", "1", "2", "3", "4", "5", "6", "7"]; // of the other orders of Go

const endless = `hang: it did not come to its end within ${limit / 1000} s. Is there a loop that never waits?`;

/** What is wrong with a program, in words for its author. */
export class Fault extends Error {}

export class Tellers {
	/**
	 * @param {string} lesson
	 * @param {string} pyodide Where it lies, from the site's first page.
	 * @param {{ says: (what: string) => void, order: (events: Said[]) => void }} calls
	 */
	constructor(lesson, pyodide, { says, order }) {
		this.lesson = lesson;
		this.pyodide = pyodide;
		this.says = says;
		this.order = order;
		/** @type {Set<Worker>} */
		this.busy = new Set();
		/** @type {AbortController | undefined} Ends what the engine builds. */
		this.building = undefined;
		/** @type {Worker | undefined} It has CPython. */
		this.python = undefined;
	}

	/** Ends what runs. */
	stop() {
		this.building?.abort(new Error("stopped"));
		for (const worker of this.busy) this.end(worker);
	}

	/** @param {Worker} worker */
	end(worker) {
		worker.terminate();
		this.busy.delete(worker);
		if (worker === this.python) this.python = undefined;
	}

	/**
	 * @param {Record<string, string>} files
	 * @returns {Promise<Telling>}
	 */
	async go(files) {
		this.building = new AbortController();
		const built = await ask({ call: "story", args: [this.lesson, files] }, inWords(this.says), this.building.signal);
		if (built.fault) throw new Fault(built.fault);
		const runner = start("./teller.js");
		const { told } = await this.ask(runner, { lesson: this.lesson, module: built.module, support: built.support, orders: seeds });
		return told;
	}

	/**
	 * @param {Record<string, string>} files
	 * @returns {Promise<Telling>}
	 */
	async py(files) {
		this.python ??= start("./teller.js");
		const here = (/** @type {string} */ path) => new URL(`${root}${path}`, location.href).href;
		const { told } = await this.ask(this.python, { lesson: this.lesson, files, pyodide: here(this.pyodide), story: here("web/story.py") });
		this.busy.delete(this.python);
		return told;
	}

	/**
	 * Asks a worker; the answer is its first message that has one. Once it says that a story runs, the story has its limit.
	 * @param {Worker} worker
	 * @param {object} task
	 * @returns {Promise<any>}
	 */
	ask(worker, task) {
		this.busy.add(worker);
		let timer = 0;
		return new Promise((resolve, reject) => {
			const give = (/** @type {Error} */ why) => {
				this.end(worker);
				reject(why);
			};
			worker.onerror = (event) => give(new Error(event.message || "the worker could not be started"));
			worker.onmessage = ({ data }) => {
				if (data.runs) timer = setTimeout(() => give(new Fault(endless)), limit);
				if (data.failed) give(new Error(data.failed));
				if (data.told) {
					clearTimeout(timer);
					resolve(data);
				}
				if (data.order) this.order(data.order);
				if (data.done) this.end(worker);
			};
			worker.postMessage(task);
		}).finally(() => clearTimeout(timer));
	}
}

/** @param {string} script */
function start(script) {
	return new Worker(new URL(script, import.meta.url), { type: "module" });
}
