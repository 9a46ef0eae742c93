// What a check has found, as the terminal shows it.
import { make } from "./dom.js";
import { Lanes } from "./lanes.js";
import { clock } from "./story.js";

/** @import { Run, RunLine, Said, Verdict } from "./engine.js" */
/** @import { Step } from "./story.js" */
/** @import { Fault } from "./editor.js" */

const mostLines = 60;

/**
 * @param {Verdict} verdict
 * @param {HTMLElement} place
 * @param {(line: number) => void} goTo Leads to a line of the answer.
 * @param {(said: Said, run: Run) => Promise<{ run: Run, apart: number } | null>} beside Gives a run the solution's.
 * @param {string} [whose] What it is a verdict on.
 */
export function showVerdict(verdict, place, goTo, beside, whose = "Your answer") {
	if (verdict.broken) {
		place.replaceChildren(make("pre", "broken", verdict.broken));
		return;
	}
	const list = make("ul", "tests");
	for (const said of verdict.tests) list.append(...test(said, goTo));
	place.replaceChildren(list);
	const first = verdict.tests.find((t) => t.state === "wrong" && t.run);
	if (!first?.run) return;
	const figure = make("figure", "run");
	place.append(figure);
	draw(figure, first, first.run, first.apart, whose);
	if (first.run.solution || !first.run.bubble) return;
	beside(first, first.run).then((both) => {
		if (both && figure.isConnected) draw(figure, first, both.run, both.apart, whose);
	});
}

/**
 * The lines of the answer that the compiler or a test names.
 * @param {Verdict} verdict
 * @returns {Fault[]}
 */
export function faultsOf(verdict) {
	if (verdict.broken) return [...verdict.broken.matchAll(/^(?:exercise\/)?exercise\.go:(\d+):(?:\d+:)? (.*)$/gm)].map((m) => ({ line: Number(m[1]), says: m[2] ?? "" }));
	return verdict.tests.flatMap((t) => (t.state === "wrong" ? (t.quoted ?? []).map((q) => ({ line: q.number, says: t.sentences[0] ?? "" })) : []));
}

/**
 * @param {Said} said
 * @param {(line: number) => void} goTo
 */
function* test(said, goTo) {
	const why = said.state === "not run" && said.message ? `: ${said.message.replace(/^\S+\.go:\d+: |^not run: /, "")}` : "";
	for (const sentence of said.sentences) yield make("li", said.state.replace(" ", "-"), make("strong", "", said.state === "wrong" ? "WRONG" : said.state), make("span", "", sentence + why));
	if (said.state !== "wrong") return;
	const about = make("li", "about", ...(said.sentences.length > 1 ? [make("p", "", `${said.sentences.length} tests say:`)] : []), make("pre", "", said.message ?? ""));
	for (const { number, text } of said.quoted ?? []) {
		const line = make("button", "", make("span", "number", String(number)), ` ${text}`);
		line.setAttribute("type", "button");
		line.addEventListener("click", () => goTo(number));
		about.append(line);
	}
	yield about;
}

/**
 * What the answer did, and then what the solution does.
 * @param {HTMLElement} figure
 * @param {Said} said
 * @param {Run} run
 * @param {number} apart
 * @param {string} whose
 */
function draw(figure, said, run, apart, whose) {
	const at = apart < 0 ? run.wrong : apart;
	showRun(figure, `What ${whose.toLowerCase()} did in the test “${said.sentences[0]}”${run.scenario ? `: ${run.scenario}` : ""}`, [
		[whose, run.lines, at],
		["The solution", run.solution ?? [], at],
	]);
}

/**
 * Runs as lanes and lines, one under the other.
 * @param {HTMLElement} figure
 * @param {string} caption
 * @param {[string, RunLine[], number][]} runs Each with its name, and the line to mark.
 */
export function showRun(figure, caption, runs) {
	figure.replaceChildren(make("figcaption", "", caption));
	for (const [name, lines, at] of runs) {
		if (lines.length === 0) continue;
		const lanes = make("div", "lanes");
		const rows = lines.slice(0, mostLines).map((l, i) => make("li", i === at ? "apart" : "", make("span", "at", clock(l.at)), make("span", "name", l.task), make("span", "text", l.text)));
		if (lines.length > mostLines) rows.push(make("li", "", `… and ${lines.length - mostLines} more lines`));
		const list = make("ol", "lines", ...rows);
		figure.append(make("div", "side", make("h4", "", name), lanes, list));
		for (const e of [lanes, list]) e.setAttribute("tabindex", "0");
		const drawn = new Lanes(lanes, () => {});
		drawn.draw(lines.slice(0, mostLines).map(asStep), false, []);
		drawn.show(Math.min(lines.length, mostLines) - 1);
	}
}

/**
 * @param {RunLine} line
 * @returns {Step}
 */
function asStep({ at, task, text, level = 0, waiting = false }) {
	return { go: { at, task, text, waiting, level: level >= 8 ? "error" : level >= 4 ? "warn" : "info", file: "", line: 0 } };
}
