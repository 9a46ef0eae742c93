// The exercise in the tab: a text, a button, and what the tests say.
import { make, one } from "./dom.js";
import { markDone } from "./ticks.js";

/** @import { Verdict } from "./engine.js" */

const limit = 40_000; // milliseconds from the start of the tests; they end themselves after 30 s

/** Makes the exercise of a lesson's page one that can be done there. */
export function lab() {
	const element = document.querySelector(".lab");
	if (!(element instanceof HTMLElement)) return;
	const lesson = document.body.dataset.lesson ?? "";
	const kept = `answer ${lesson}`;
	const text = /** @type {HTMLTextAreaElement} */ (one("textarea", element));
	const check = one("[data-do=check]", element);
	const says = one(".says", element);
	const tests = one(".tests", element);
	const stub = text.value;
	text.value = localStorage.getItem(kept) ?? stub;
	text.addEventListener("input", () => localStorage.setItem(kept, text.value));
	text.addEventListener("keydown", (event) => {
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) check.click();
		if (event.key === "Tab" && !event.shiftKey && !leaving) {
			event.preventDefault();
			text.setRangeText("\t", text.selectionStart, text.selectionEnd, "end");
			text.dispatchEvent(new Event("input"));
		}
		leaving = event.key === "Escape"; // then Tab leads on, as everywhere
	});
	let leaving = false;
	one("[data-do=reset]", element).addEventListener("click", () => {
		if (!confirm("Put the text back to its beginning? Your answer is lost.")) return;
		localStorage.removeItem(kept);
		text.value = stub;
	});

	/** @type {Worker | undefined} */
	let worker;
	let running = false;
	let timer = 0;
	let size = 0;
	let loaded = 0;
	const end = (/** @type {string} */ what) => {
		clearTimeout(timer);
		running = false;
		check.textContent = "Check";
		says.textContent = what;
	};
	const kill = (/** @type {string} */ why) => {
		worker?.terminate();
		worker = undefined;
		end(why);
	};
	const hear = (/** @type {MessageEvent} */ event) => {
		const { data } = event;
		if (data.size) size = data.size;
		if (data.loaded) {
			loaded += data.loaded;
			says.textContent = `Loads Go: ${(loaded / 1e6).toFixed(0)} of ${(size / 1e6).toFixed(0)} MB`;
		}
		if (data.says) {
			says.textContent = `It ${data.says} …`;
			clearTimeout(timer);
			if (data.says === "runs") timer = setTimeout(() => kill("The tests did not come to an end: an endless loop?"), limit);
		}
		if (data.failed) kill(`It could not be checked: ${data.failed}`);
		if (data.verdict) show(data.verdict);
	};
	const show = (/** @type {Verdict} */ verdict) => {
		end(verdict.passed ? `Right: all ${verdict.tests?.length} tests pass.` : verdict.broken ? "The tests could not run:" : "Not right yet:");
		if (verdict.broken) tests.replaceChildren(make("li", "wrong", make("pre", "", verdict.broken)));
		else tests.replaceChildren(...(verdict.tests ?? []).map((t) => make("li", t.state, make("strong", "", t.state), ` ${t.sentence}`, ...(t.message ? [make("pre", "", t.message)] : []))));
		if (verdict.passed) markDone(lesson);
	};
	check.addEventListener("click", () => {
		if (running) return kill("Cancelled.");
		running = true;
		check.textContent = "Cancel";
		says.textContent = "Starts …";
		tests.replaceChildren();
		if (!worker) {
			loaded = 0;
			worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
			worker.onmessage = hear;
			worker.onerror = (event) => kill(`It could not be checked: ${event.message}`);
		}
		worker.postMessage({ lesson, answer: text.value });
	});
}
