// The player: both programs, the timeline and the transcript at one clock.
import { all, isTyping, one, still } from "./dom.js";
import { Lanes } from "./lanes.js";
import { Lines } from "./lines.js";
import { Pane } from "./panes.js";
import { where } from "./where.js";
import { clock, own, said, tasksOf } from "./story.js";

/** @import { Story } from "./story.js" */

const longEnough = 550; // milliseconds to read a line, where the next comes at the same instant

/** @type {WeakMap<Element, Player>} */
const players = new WeakMap();

/**
 * The player in an element, once it has been made.
 * @param {Element} element
 */
export const playerIn = (element) => players.get(element);

/**
 * Makes the player of an element that the page holds.
 * @param {HTMLElement} element
 */
export async function play(element) {
	const player = new Player(element);
	players.set(element, player);
	await player.open(element.dataset.story ?? "");
}

export class Player {
	/** @type {import("./change.js").Change | undefined} */
	changing;

	/** @param {HTMLElement} element */
	constructor(element) {
		this.element = element;
		/** @type {Story} */
		this.story = { title: "", runs: [] };
		/** @type {import("./story.js").Step[]} What was said before a change. */
		this.past = [];
		this.run = 0;
		this.at = 0;
		this.speed = 1;
		this.frame = 0; // of the animation; 0 while it does not play
		this.linking = 0; // the timer of the address
		this.linked = document.body.classList.contains("lesson"); // there the address says the moment
		this.panes = all(".pane", element).map((p) => new Pane(p));
		this.lanes = new Lanes(one(".lanes", element), (i) => this.jump(i));
		this.lines = new Lines(one(".lines", element), (i) => this.jump(i));
		this.scrubber = /** @type {HTMLInputElement} */ (one(".scrubber", element));
		this.scrubber.addEventListener("input", () => this.jump(Number(this.scrubber.value)));
		this.speeds = /** @type {HTMLSelectElement} */ (one(".speed select", element));
		this.speeds.addEventListener("change", () => (this.speed = Number(this.speeds.value)));
		this.tellings = /** @type {HTMLSelectElement | null} */ (element.querySelector("select.telling"));
		this.tellings?.addEventListener("change", () => this.open(this.tellings?.value ?? ""));
		for (const button of all(".controls button[data-do]", element)) button.addEventListener("click", () => this.do(button.dataset.do ?? ""));
		addEventListener("keydown", (event) => this.key(event));
		addEventListener("hashchange", () => this.follow());
	}

	get steps() {
		return this.story.runs[this.run] ?? [];
	}

	get twins() {
		return this.panes.length > 1 && this.run === 0 && this.steps.some((s) => s.python);
	}

	get atEnd() {
		return this.at >= this.steps.length - 1;
	}

	/**
	 * Loads a run of the lesson.
	 * @param {string} file
	 */
	async open(file) {
		this.pause();
		const response = await fetch(file);
		if (!response.ok) throw new Error(`${file}: ${response.status}`);
		this.story = await response.json();
		this.element.classList.add("ready"); // from here on it has a size
		this.past = [];
		this.use(0);
		await this.follow();
		if (!this.linked) this.perform();
	}

	/**
	 * Plays another run of the story, the one before it pale behind.
	 * @param {import("./story.js").Step[][]} runs
	 * @param {import("./story.js").Step[]} [past]
	 */
	take(runs, past = []) {
		this.pause();
		this.story = { ...this.story, runs };
		this.past = past;
		this.use(0);
	}

	/** @param {import("./story.js").Step[]} run */
	addOrder(run) {
		this.story.runs.push(run);
		if (this.run === 0) this.offerOrders();
	}

	offerOrders() {
		const button = one("[data-do=order]", this.element);
		const others = this.story.runs.length - 1;
		button.hidden = others === 0;
		button.textContent = this.run === 0 ? "Another order" : this.run < others ? "Yet another order" : "The first order";
	}

	/** Opens the editors. */
	async change() {
		if (!this.changing) {
			const { Change } = await import("./change.js");
			this.changing = new Change(this);
			one("[data-do=change]", this.element).hidden = true;
		}
		return this.changing;
	}

	/**
	 * Shows one of the run's orders.
	 * @param {number} run
	 */
	use(run) {
		this.run = run;
		this.tasks = tasksOf([...(this.story.runs[0] ?? []), ...this.past]);
		this.scrubber.max = String(this.steps.length - 1);
		this.lanes.at = 0;
		const past = run === 0 ? this.past : [];
		this.lanes.draw(this.steps, this.twins, past);
		this.lines.draw(this.steps, this.twins, this.tasks, past);
		const note = one(".note", this.element);
		note.hidden = run === 0;
		const others = this.story.runs.length - 1;
		note.textContent =
			run === 0
				? ""
				: `Go, another legal order (${run} of ${others}). Nothing in the program orders the lines that moved. Lines without a mark cannot move: something before them is their cause. ` +
					(this.panes.length > 1 ? "asyncio is not shown: its loop has one order, first come, first served." : "");
		this.offerOrders();
		this.element.classList.toggle("reordered", run !== 0);
		this.show(0);
	}

	/**
	 * Shows a step.
	 * @param {number} at
	 */
	show(at) {
		this.at = Math.min(Math.max(at, 0), Math.max(0, this.steps.length - 1));
		const step = this.steps[this.at];
		if (!step) return;
		const tasks = this.tasks ?? [];
		for (const pane of this.panes) {
			if (this.run !== 0 && pane.side === "python") {
				pane.show(undefined, false, tasks);
				continue;
			}
			pane.show(this.last(pane.side), step[pane.side] !== undefined, tasks);
		}
		this.lanes.show(this.at);
		this.lines.show(this.at);
		where(one(".where", this.element), this.panes, tasks);
		const line = said(step);
		one(".time", this.element).textContent = clock(line.at);
		this.scrubber.value = String(this.at);
		this.scrubber.setAttribute("aria-valuetext", `${clock(line.at)} ${line.task}: ${line.text}`);
		for (const [name, off] of /** @type {[string, boolean][]} */ ([["first", this.at === 0], ["back", this.at === 0], ["forward", this.atEnd], ["last", this.atEnd]])) {
			one(`[data-do=${name}]`, this.element).setAttribute("aria-disabled", String(off));
		}
	}

	/**
	 * What a side says at this step, or has said last.
	 * @param {"go" | "python"} side
	 */
	last(side) {
		for (let i = this.at; i >= 0; i--) {
			const line = this.steps[i]?.[side];
			if (line) return line;
		}
		return undefined;
	}

	/**
	 * Goes to a step because the reader asks, and tells a screen reader.
	 * @param {number} at
	 */
	jump(at) {
		this.pause();
		this.show(at);
		this.tell();
		this.link();
	}

	tell() {
		const step = this.steps[this.at];
		if (!step) return;
		const line = said(step);
		const side = own(step, this.twins);
		const places = (line.places ?? []).map((p) => `${p.task} ${p.does}`).join(", ");
		one(".live", this.element).textContent = `${clock(line.at)}, ${line.task}: ${line.text}.${side === "go" ? " Only in Go." : side === "python" ? " Only in asyncio." : ""}${places && ` ${places}.`}`;
	}

	/** @param {string} what */
	do(what) {
		switch (what) {
			case "first":
				return this.jump(0);
			case "last":
				return this.jump(this.steps.length - 1);
			case "back":
				return this.jump(this.at - 1);
			case "forward":
				return this.jump(this.at + 1);
			case "play":
				return this.frame ? this.pause() : this.start();
			case "change":
				return void this.change().then((c) => c.focus());
			case "order":
				this.pause();
				this.use((this.run + 1) % this.story.runs.length);
				return this.link();
		}
	}

	start() {
		if (this.atEnd) this.show(0);
		this.playing(true);
		let since = performance.now();
		const tick = (/** @type {number} */ now) => {
			const step = this.steps[this.at];
			const next = this.steps[this.at + 1];
			if (!step || !next) return this.pause();
			const takes = Math.max((said(next).at - said(step).at) / 1e6, longEnough) / this.speed;
			if (now - since >= takes) {
				since = now;
				this.show(this.at + 1);
				if (this.speed <= 1) this.tell();
			} else if (!still.matches) {
				this.lanes.show(this.at, Math.max(0, now - since) / takes);
			}
			this.frame = requestAnimationFrame(tick);
		};
		this.frame = requestAnimationFrame(tick);
	}

	pause() {
		if (!this.frame) return;
		cancelAnimationFrame(this.frame);
		this.frame = 0;
		this.playing(false);
		this.link();
	}

	/** @param {boolean} on */
	playing(on) {
		const button = one("[data-do=play]", this.element);
		this.element.classList.toggle("playing", on);
		button.setAttribute("aria-label", on ? "Pause" : "Play");
	}

	/** On the home page it plays by itself when it comes into view, once, unless the reader wants rest. */
	perform() {
		if (still.matches) return;
		const seen = new IntersectionObserver((entries) => {
			if (!entries.some((e) => e.isIntersecting)) return;
			seen.disconnect();
			if (this.at === 0) this.start();
		}, { threshold: 0.4 });
		seen.observe(this.element);
	}

	/** @param {KeyboardEvent} event */
	key(event) {
		const target = event.target instanceof Element ? event.target : document.body;
		if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented || isTyping(target)) return;
		if (document.querySelector("dialog[open]") || document.documentElement.classList.contains("presenting")) return;
		const inside = this.element.contains(target);
		if (!inside && (target.closest("a, button, summary, input, pre") || !this.isInView())) return;
		if (target.closest(".source") && event.key.startsWith("Arrow")) return; // it scrolls
		if (target === this.scrubber && /^(Arrow|Home|End|Page)/.test(event.key)) return; // it moves by itself
		if (event.key === " " && target.closest("button, summary, a")) return;
		/** @type {Record<string, string>} */
		const keys = { ArrowRight: "forward", ArrowLeft: "back", " ": "play", Home: "first", End: "last", o: "order", c: "change" };
		/** @type {Record<string, string>} */
		const speeds = { 1: "1", 4: "4", 0: "0.25" };
		const what = keys[event.key];
		if (!inside && (event.key === "Home" || event.key === "End")) return; // the page's own
		if (what === "change" && !this.element.querySelector("[data-do=change]")) return; // the home page's programs are only read
		if (what) {
			event.preventDefault();
			this.do(what);
		} else if (speeds[event.key]) {
			this.speeds.value = speeds[event.key] ?? "1";
			this.speed = Number(this.speeds.value);
		}
	}

	isInView() {
		const box = this.element.getBoundingClientRect();
		return box.top < innerHeight * 0.75 && box.bottom > innerHeight * 0.25;
	}

	/** Writes the moment into the address, to be sent to others; once the reader rests, for browsers limit how often. */
	link() {
		clearTimeout(this.linking);
		this.linking = setTimeout(() => this.writeAddress(), 250);
	}

	writeAddress() {
		if (!this.linked || this.frame) return;
		const step = this.steps[this.at];
		if (!step) return;
		const at = clock(said(step).at);
		const first = this.steps.findIndex((s) => clock(said(s).at) === at);
		const asked = new URLSearchParams({ t: at });
		if (this.at > first) asked.set("n", String(this.at - first));
		if (this.run > 0) asked.set("order", String(this.run));
		if (this.tellings && this.tellings.selectedIndex > 0) asked.set("run", this.tellings.selectedOptions[0]?.text ?? "");
		history.replaceState(history.state, "", `#${asked}`);
	}

	/** Goes to the moment that the address names, or shows the change that it holds. */
	async follow() {
		const asked = new URLSearchParams(location.hash.slice(1));
		const edit = asked.get("edit");
		if (this.linked && edit !== null) {
			this.element.scrollIntoView({ block: "start" });
			return (await this.change()).take(edit);
		}
		const t = asked.get("t");
		if (!this.linked || t === null) return;
		const run = asked.get("run");
		const telling = run === null ? undefined : [...(this.tellings?.options ?? [])].find((o) => o.text === run);
		if (this.tellings && telling && !telling.selected) {
			telling.selected = true;
			this.open(telling.value);
			return;
		}
		const order = Number(asked.get("order") ?? 0);
		if (order !== this.run && this.story.runs[order]) this.use(order);
		const tenths = Math.round(parseFloat(t) * 10);
		const first = this.steps.findIndex((s) => Math.floor(said(s).at / 1e8) >= tenths);
		if (!Number.isFinite(tenths) || first < 0) return;
		this.show(first + Number(asked.get("n") ?? 0));
		this.element.scrollIntoView({ block: "start" });
	}
}
