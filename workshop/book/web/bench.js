// The one worker of a page that has the engine: Go's compiler would not fit into
// the tab's memory twice. It answers one question after the other.
import { made } from "./making.js";

/** @import { Question } from "./worker.js" */

/** @typedef {{ size?: number, loaded?: number, says?: string }} News What the worker does meanwhile. */
/** @typedef {{ question: Question, hears: (news: News) => void, resolve: (value: any) => void, reject: (why: Error) => void }} Asked */

const most = 8; // answers of one worker; its end gives back the memory that the compiler's runs have left

/** @type {Asked[]} The worker has the first. */
const queue = [];
/** @type {Worker | undefined} */
let worker;
let answered = 0;
/** @type {import("./worker.js").Kept} What a worker hands on to the next one. */
const kept = { modules: {}, compiled: new Map() };

/**
 * Asks the engine. The signal takes the question back, and ends the worker if it is busy with it.
 * @param {Question} question
 * @param {(news: News) => void} hears
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function ask(question, hears, signal) {
	await made((says) => hears({ says }), signal);
	signal?.throwIfAborted();
	return new Promise((resolve, reject) => {
		const asked = { question, hears, resolve, reject };
		queue.push(asked);
		signal?.addEventListener("abort", () => {
			const at = queue.indexOf(asked);
			if (at < 0) return;
			if (at === 0) end();
			else queue.splice(at, 1);
			reject(signal.reason);
			if (at === 0) next();
		});
		if (queue.length === 1) begin();
		else hears({ says: "waits for the engine" });
	});
}

let prepared = false;

/**
 * A reader who begins to write will soon ask. Where an earlier visit has left the engine, it is made ready for that
 * meanwhile: it builds the tests of an answer, or the story.
 * @param {string} lesson
 * @param {string} [answer] Any that builds; without one it is the story.
 */
export function prepare(lesson, answer) {
	if (prepared || "live" in document.body.dataset) return; // beside a clone, the browser keeps no engine
	prepared = true;
	setTimeout(() => {
		if (worker) return; // somebody has asked already
		const question = { call: /** @type {const} */ ("prepare"), args: answer === undefined ? [lesson] : [lesson, answer] };
		ask(question, (news) => queue[1]?.hears(news)).catch(() => {}); // the question that comes says what is wrong
	}, 2000);
}

/**
 * The worker's news as a line for the reader.
 * @param {(what: string) => void} says
 * @returns {(news: News) => void}
 */
export function inWords(says) {
	let [loaded, whole] = [0, 0];
	return ({ size, loaded: more, says: what }) => {
		if (size) whole = size;
		if (more) says(`Loads Go: ${((loaded += more) / 1e6).toFixed(0)} of ${(whole / 1e6).toFixed(0)} MB`);
		if (what) says(`Go: ${what} …`);
	};
}

/** Begins with the first question. */
function begin() {
	const [asked] = queue;
	if (!asked) return;
	const fresh = !worker;
	if (!worker) {
		worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "live" in document.body.dataset ? "live" : "" });
		worker.onmessage = ({ data }) => hear(data);
		worker.onerror = (event) => {
			const [failed] = queue;
			end();
			failed?.reject(new Error(event.message || "the worker ended"));
			next();
		};
	}
	worker.postMessage(fresh ? { ...asked.question, kept } : asked.question);
}

/** @param {{ value?: any, failed?: string } & Partial<import("./worker.js").Kept> & News} data */
function hear(data) {
	const [asked] = queue;
	if (!asked) return;
	if (data.compiled) kept.compiled = data.compiled;
	if (data.modules) Object.assign(kept.modules, data.modules);
	if (!("value" in data) && !data.failed) return asked.hears(data);
	if (data.failed) asked.reject(new Error(data.failed));
	else asked.resolve(data.value);
	if (++answered < most) return next();
	end();
	const warm = { question: /** @type {Question} */ ({ call: "warm", args: [asked.question.args[0]] }), hears: () => {}, resolve: () => {}, reject: () => {} };
	queue.splice(1, 0, warm); // while the reader reads
	next();
}

function next() {
	queue.shift();
	begin();
}

function end() {
	worker?.terminate();
	worker = undefined;
	answered = 0;
}
