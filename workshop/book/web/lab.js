// The exercise in the tab: an editor, the real tests, hints, the solution.
import { ask, prepare } from "./bench.js";
import { all, make, one } from "./dom.js";
import { Editor } from "./editor.js";
import { keep, kept, keptElsewhere } from "./keep.js";
import { done, save, update } from "./progress.js";
import { faultsOf, showVerdict } from "./verdict.js";

/** @import { Verdict } from "./engine.js" */

const cancelled = "Cancelled.";

/** Makes the exercise of a lesson's page one that can be done there. */
export function lab() {
	const element = document.querySelector(".lab:not(.follows)");
	if (element instanceof HTMLElement) new Lab(element);
}

class Lab {
	/** @param {HTMLElement} element */
	constructor(element) {
		this.element = element;
		this.lesson = document.body.dataset.lesson ?? "";
		this.key = `answer ${this.lesson}`;
		this.stub = /** @type {HTMLTextAreaElement} */ (one("textarea", element)).value;
		this.check = one("[data-do=check]", element);
		this.says = one(".says", element);
		this.bar = /** @type {HTMLProgressElement} */ (one("progress", element));
		this.found = one(".found", element);
		this.aside = one(".aside", element);
		/** @type {AbortController | undefined} Ends the check that runs. */
		this.running = undefined;
		this.taking = false; // what another tab has kept is not to be kept again
		const kept = this.kept();
		const place = one(".answer", element);
		place.replaceChildren();
		this.editor = new Editor(place, "exercise.go", kept.text, { changed: () => this.changed(), run: () => this.run() });
		this.editor.view.contentDOM.tabIndex = 0; // it can be reached anyway; axe-core does not know that
		one(".kept", element).hidden = kept.stub === this.stub;
		one(".kept pre", element).textContent = this.stub;
		one("[data-do=newer]", element).addEventListener("click", () => {
			one(".kept", element).hidden = true;
			this.keep();
		});
		this.check.addEventListener("click", () => this.run());
		one("[data-do=hint]", element).addEventListener("click", () => this.hint());
		one("[data-do=solution]", element).addEventListener("click", () => this.solution());
		one("[data-do=download]", element).addEventListener("click", () => save("exercise.go", this.editor.text, "text/x-go"));
		one("[data-do=reset]", element).addEventListener("click", () => {
			if (this.editor.text !== this.stub && confirm("Put the text back to its beginning? Undo brings your answer back until you leave the page.")) this.editor.write(this.stub);
		});
		keptElsewhere(this.key, () => {
			const now = this.kept();
			if (now.text !== this.editor.text && !this.running) this.says.textContent = "Another tab has changed your answer. Undo brings back what was here.";
			this.taking = true;
			this.editor.write(now.text);
			this.taking = false;
			one(".kept", element).hidden = now.stub === this.stub;
		});
		const once = document.querySelector(".lab .once");
		if (once && !("caches" in window)) once.remove(); // without https it is loaded again on each visit
		this.hints = all("section[data-slide=Hints] details");
		this.showHints(false);
		element.classList.add("ready");
	}

	/** The answer as it was left, and the stub that it began with. */
	kept() {
		try {
			const { text, stub } = JSON.parse(kept(this.key) ?? "");
			if (typeof text === "string" && typeof stub === "string") return { text, stub };
		} catch {
			// nothing is kept
		}
		return { text: this.stub, stub: this.stub };
	}

	changed() {
		this.keep();
		prepare(this.lesson, this.stub);
	}

	keep() {
		if (this.taking) return;
		const { text } = this.editor;
		const stub = one(".kept", this.element).hidden ? this.stub : this.kept().stub;
		if (!keep(this.key, text === this.stub ? null : JSON.stringify({ text, stub }))) {
			one(".keeps", this.element).hidden = true;
			this.says.textContent = "This browser keeps nothing here: download your answer before you leave the page.";
		}
		this.editor.fault([]);
	}

	/**
	 * @param {"check" | "beside" | "compare"} call
	 * @param {any[]} args
	 * @param {AbortSignal} [signal]
	 */
	ask(call, args, signal) {
		return ask({ call, args: [this.lesson, ...args] }, (news) => this.hear(news), signal);
	}

	/** @param {import("./bench.js").News} news */
	hear({ size, loaded, says }) {
		if (size) {
			this.bar.max = size;
			this.bar.value = 0;
		}
		if (loaded && this.bar.value < this.bar.max) {
			this.bar.value += loaded;
			this.bar.hidden = this.bar.value >= this.bar.max;
			this.says.textContent = `Loads Go: ${(this.bar.value / 1e6).toFixed(0)} of ${(this.bar.max / 1e6).toFixed(0)} MB`;
		}
		if (says) {
			this.bar.hidden = true;
			this.says.textContent = `${says[0]?.toUpperCase()}${says.slice(1)} …`;
		}
	}

	async run() {
		if (this.running) return this.running.abort(new Error(cancelled));
		this.running = new AbortController();
		this.check.textContent = "Cancel";
		this.says.textContent = "Starts …";
		this.found.replaceChildren();
		this.editor.fault([]);
		const text = this.editor.text;
		try {
			const verdict = /** @type {Verdict} */ (await this.ask("check", [text], this.running.signal));
			await this.noteDown(verdict, text);
			this.show(verdict);
		} catch (error) {
			this.says.textContent = error instanceof Error && error.message === cancelled ? cancelled : `The check did not run: ${error instanceof Error ? error.message : error}`;
		} finally {
			this.running = undefined;
			this.bar.hidden = true;
			this.check.textContent = "Check";
		}
	}

	/**
	 * @param {Verdict} verdict
	 * @param {string} text
	 */
	async noteDown(verdict, text) {
		const hash = isSecureContext ? await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)) : undefined;
		update(this.lesson, (d) => {
			d.right = verdict.passed;
			d.at = new Date().toISOString();
			d.checks = (d.checks ?? 0) + 1;
			d.failing = verdict.failing ?? [];
			if (hash) d.sha256 = [...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, "0")).join("");
			d.failures ??= {};
			for (const name of d.failing) d.failures[name] = (d.failures[name] ?? 0) + 1;
		});
	}

	/** @param {Verdict} verdict */
	show(verdict) {
		this.says.textContent = verdict.broken ? `${verdict.summary}:` : `${verdict.summary}.`;
		showVerdict(verdict, this.found, (line) => this.editor.goTo(line), (said, run) => this.ask("beside", [said.names[0], run]).catch(() => null));
		const faults = faultsOf(verdict);
		this.editor.fault(faults);
		if (verdict.broken && faults[0]) this.editor.goTo(faults[0].line);
	}

	hint() {
		update(this.lesson, (d) => (d.hints = Math.min((d.hints ?? 0) + 1, this.hints.length)));
		this.showHints(true);
	}

	/** @param {boolean} opened Whether the last one has just been asked for. */
	showHints(opened) {
		const seen = done(this.lesson).hints ?? 0;
		const button = one("[data-do=hint]", this.element);
		button.textContent = seen < this.hints.length ? `Hint ${seen + 1} of ${this.hints.length}` : "No more hints";
		button.toggleAttribute("disabled", seen >= this.hints.length);
		one(".hints", this.element).replaceChildren(...this.hints.slice(0, seen).map((hint, i) => {
			const copy = /** @type {HTMLDetailsElement} */ (hint.cloneNode(true));
			copy.open = opened && i === seen - 1;
			return copy;
		}));
	}

	async solution() {
		const d = done(this.lesson);
		const may = d.right || (d.hints ?? 0) >= this.hints.length || (d.solutions ?? 0) > 0;
		update(this.lesson, (now) => (now.solutions = (now.solutions ?? 0) + 1));
		if (!may) {
			this.aside.replaceChildren(make("p", "", "The hints come first. Press Solution again to see it all the same."));
			return;
		}
		if (this.running) return;
		this.says.textContent = "Compares …";
		try {
			const diff = /** @type {string} */ (await this.ask("compare", [this.editor.text]));
			this.says.textContent = "";
			const lines = diff.split("\n").filter((l) => !/^(---|\+\+\+|@@)/.test(l)).map((l) => make("span", l.startsWith("+") ? "ins" : l.startsWith("-") ? "del" : "", l || " "));
			const shown = make("pre", "code diff", make("code", "", ...lines));
			shown.tabIndex = 0;
			this.aside.replaceChildren(diff ? make("p", "", "From your answer to the solution: a minus is yours, a plus is the solution's.") : make("p", "", "Your answer and the solution are the same but for comments."), ...(diff ? [shown] : []));
		} catch (error) {
			this.says.textContent = `The solution could not be shown: ${error instanceof Error ? error.message : error}`;
		} finally {
			this.bar.hidden = true;
		}
	}
}
