// Beside a clone: the learner's own file, and what the runner's check says to
// each save of it. The page never writes there.
import { make, one, root } from "./dom.js";
import { showVerdict } from "./verdict.js";

/** @import { Verdict } from "./engine.js" */

/** @typedef {{ text?: string, checks?: boolean, verdict?: Verdict, failed?: string }} News */

const key = "token";

/** Keeps the token of the address that the command opened, and takes it out of it. */
export function token() {
	const here = new URL(location.href);
	const given = here.searchParams.get(key);
	try {
		if (given) {
			sessionStorage.setItem(key, given);
			here.searchParams.delete(key);
			history.replaceState(history.state, "", here);
		}
		return sessionStorage.getItem(key);
	} catch {
		return given; // cookies are blocked: it stays in the address
	}
}

export async function follow() {
	const element = document.querySelector(".lab.follows");
	if (!(element instanceof HTMLElement)) return;
	const says = one(".says", element);
	const own = token();
	if (!own) {
		says.textContent = "To see each save checked here, open the address that go run ./workshop book has printed.";
		return;
	}
	element.classList.add("ready");
	const source = one(".source", element);
	const goTo = (/** @type {number} */ line) => source.children[line - 1]?.scrollIntoView({ block: "center" });
	try {
		const response = await fetch(`${root}follow/${document.body.dataset.lesson}`, { headers: { "X-Workshop-Token": own } });
		if (!response.ok || !response.body) throw new Error(await response.text());
		let rest = "";
		const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
		for (let part = await reader.read(); !part.done; part = await reader.read()) {
			const lines = (rest + part.value).split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines) hear(JSON.parse(line));
		}
		says.textContent = "The command has ended: go run ./workshop book starts it again.";
	} catch (error) {
		says.textContent = `The command does not answer: ${error instanceof Error ? error.message.trim() : error}`;
	}

	/** @param {News} news */
	function hear({ text, checks, verdict, failed }) {
		if (text !== undefined) source.replaceChildren(...text.trimEnd().split("\n").map((line, i) => make("div", "", make("span", "number", String(i + 1)), ` ${line}`)));
		if (checks) says.textContent = "Checks …";
		if (failed) says.textContent = failed;
		if (verdict) {
			says.textContent = verdict.broken ? `${verdict.summary}:` : `${verdict.summary}.`;
			showVerdict(verdict, one(".found", /** @type {HTMLElement} */ (element)), goTo, async () => null);
		}
	}
}
