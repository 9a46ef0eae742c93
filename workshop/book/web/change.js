// Both programs of a story can be changed and run: see design.md, The book.
import { prepare } from "./bench.js";
import { all, make, one } from "./dom.js";
import { Editor } from "./editor.js";
import { keep, kept, keptElsewhere } from "./keep.js";
import { pack, unpack } from "./packed.js";
import { Fault, Tellers } from "./tellers.js";
import { patched } from "./tries.js";
import { changed, dressed, inOrder, key, sideOf, weave } from "./weave.js";

/** @import { Player } from "./player.js" */
/** @import { Pane } from "./panes.js" */
/** @import { Step } from "./story.js" */
/** @import { Telling } from "./python.js" */

/** @typedef {"go" | "python"} Side */

const names = { go: "Go", python: "asyncio" };
const most = 5; // other orders
const mostLink = 100_000; // letters of a change in an address

export class Change {
	/** @param {Player} player */
	constructor(player) {
		this.player = player;
		this.element = one(".change", player.element);
		this.lesson = document.body.dataset.lesson ?? "";
		/** The recorded run and its orders, which Reset brings back. */
		this.recorded = player.story.runs;
		/** @type {Map<string, { side: Side, editor: Editor, was: string }>} By file. */
		this.files = new Map();
		/** Which run it is; what a run that was stopped still says is not heard. */
		this.turn = 0;
		this.running = false;
		this.taking = false; // what a link or another tab has is not to be kept here
		this.status = one(".says", this.element);
		this.tellers = new Tellers(this.lesson, this.element.dataset.pyodide ?? "", {
			says: (what) => this.running && this.say(what),
			order: (events) => this.addOrder(events),
		});
		for (const pane of player.panes) this.open(pane);
		for (const button of all("button[data-do]", this.element)) button.addEventListener("click", () => this.do(button.dataset.do ?? ""));
		this.element.hidden = false;
		player.element.classList.add("changing");
		player.show(player.at);
	}

	focus() {
		const [first] = this.files.values();
		first?.editor.view.focus();
	}

	/** @param {string} what */
	say(what) {
		this.status.textContent = what;
	}

	/**
	 * Puts editors in the place of a side's programs, if it can run here.
	 * @param {Pane} pane
	 */
	open(pane) {
		if (!this.canRun(pane.side)) return;
		for (const source of all(".source", pane.element)) {
			const file = source.dataset.file ?? "";
			if (file.includes("/") || file.endsWith("_test.go")) continue; // a package's, which other lessons use as well; no part of the program
			const was = all("code", source).map((line) => `${line.textContent?.replace(/\n$/, "")}\n`).join("");
			const place = make("div", "source editing");
			place.dataset.file = file;
			place.hidden = source.hidden;
			source.replaceWith(place);
			const editor = new Editor(place, file, kept(this.key(file)) ?? was, { changed: () => this.keep(file), run: () => this.do("run") });
			this.files.set(file, { side: pane.side, editor, was });
			pane.replace(file, editor);
			keptElsewhere(this.key(file), () => {
				const now = kept(this.key(file)) ?? was;
				if (now === editor.text) return;
				if (!this.running) this.say(`Another tab has changed ${file}. Undo brings back what was here.`);
				this.taking = true;
				editor.write(now);
				this.taking = false;
			});
		}
	}

	/** @param {Side} side */
	canRun(side) {
		return side in this.element.dataset;
	}

	/** @param {string} file */
	key(file) {
		return `story ${this.lesson} ${file}`;
	}

	/** @param {string} file */
	keep(file) {
		const it = this.files.get(file);
		if (!it || this.taking) return;
		keep(this.key(file), it.editor.text === it.was ? null : it.editor.text);
		if (it.side === "go") prepare(this.lesson);
	}

	/** The texts that were changed, by file. */
	get edits() {
		return Object.fromEntries([...this.files].flatMap(([name, { editor, was }]) => (editor.text === was ? [] : [[name, editor.text]])));
	}

	/**
	 * Shows these texts, and each other file as it was at the beginning.
	 * @param {Record<string, string>} texts
	 */
	write(texts) {
		for (const [name, { editor, was }] of this.files) {
			editor.write(texts[name] ?? was);
			editor.fault([]);
		}
	}

	/** @param {string} what */
	do(what) {
		switch (what) {
			case "run":
				return this.running ? this.stop() : void this.run();
			case "reset":
				if (this.running) this.stop();
				this.write({});
				this.complain([]);
				this.say("Both programs are as they were.");
				return this.player.take(this.recorded);
			case "share":
				return void this.share();
		}
	}

	/** @param {boolean} on */
	turnTo(on) {
		this.turn++;
		this.running = on;
		one("[data-do=run]", this.element).textContent = on ? "Stop" : "Run";
	}

	stop() {
		this.tellers.stop();
		this.turnTo(false);
		this.say("Stopped.");
	}

	/** Tells both sides, and shows what they say. */
	async run() {
		this.tellers.stop();
		this.turnTo(true);
		this.complain([]);
		this.say("Starts …");
		const turn = this.turn;
		const before = this.player.story.runs[0] ?? [];
		const told = await Promise.all(/** @type {Side[]} */ (["go", "python"]).filter((side) => this.canRun(side)).map((side) => this.tell(side)));
		if (turn !== this.turn) return;
		this.turnTo(false);
		this.show(before, told);
	}

	/**
	 * @param {Side} side
	 * @returns {Promise<Telling & { side: Side }>}
	 */
	async tell(side) {
		const began = performance.now();
		const files = Object.fromEntries([...this.files].flatMap(([name, f]) => (f.side === side ? [[name, f.editor.text]] : [])));
		const telling = await (side === "go" ? this.tellers.go(files) : this.tellers.py(files)).catch((error) => ({
			events: [],
			out: "",
			fault: error instanceof Fault ? error.message : `it could not be run: ${error.message}`,
		}));
		return { ...telling, side, took: performance.now() - began };
	}

	/**
	 * @param {Step[]} before
	 * @param {(Telling & { side: Side })[]} told
	 */
	show(before, told) {
		const lines = (/** @type {Side} */ side) => {
			const events = told.find((t) => t.side === side)?.events ?? [];
			return events.length > 0 ? events : sideOf(before, side);
		};
		const steps = weave(lines("go"), dressed(lines("python"), this.recorded[0] ?? []));
		const { fresh, gone } = changed(before, steps);
		this.player.take([steps], fresh.size + gone.size > 0 ? before : []);
		const took = told.map((t) => `${names[t.side]} ${(t.took / 1000).toFixed(1)} s`).join(", ");
		if (told.some((t) => t.fault)) this.say(`Something is wrong: see below. (${took})`);
		else if (fresh.size + gone.size === 0) this.say(`Both say what they said before. (${took})`);
		else this.say(`What is new is marked; what is no longer said is pale. (${took})`);
		if (/** @type {HTMLInputElement} */ (one("[name=real]", this.element)).checked) {
			this.complain(told);
			return this.player.start();
		}
		const first = steps.findIndex((s) => fresh.has(s));
		this.player.show(Math.max(first, 0));
		this.complain(told); // last, so that its lines stay in view
	}

	/** @param {import("./story.js").Said[]} events */
	addOrder(events) {
		const { runs } = this.player.story;
		const first = sideOf(runs[0] ?? [], "go");
		const order = inOrder(events, first);
		const same = (/** @type {Step[]} */ run) => JSON.stringify(sideOf(run, "go").map((l) => [l.at, l.task, l.text])) === JSON.stringify(events.map((l) => [l.at, l.task, l.text]));
		if (runs.length <= most && !runs.some(same)) this.player.addOrder(order);
	}

	/**
	 * Lists what is wrong, and marks the lines.
	 * @param {(Telling & { side: Side })[]} told
	 */
	complain(told) {
		for (const { editor } of this.files.values()) editor.fault([]);
		const items = told.filter((t) => t.fault).map((t) => {
			const places = placesIn(t.fault).filter((p) => this.files.has(p.file));
			for (const [name, { side, editor }] of this.files) if (side === t.side) editor.fault(places.filter((p) => p.file === name));
			const [place] = places;
			if (place) this.player.panes.find((p) => p.side === t.side)?.reveal(place);
			const links = [...new Map(places.map((p) => [`${p.file}:${p.line}`, p])).values()].slice(0, 6).map((place) => {
				const button = make("button", "", `${place.file}:${place.line}`);
				button.setAttribute("type", "button");
				button.addEventListener("click", () => {
					this.player.panes.find((p) => p.side === t.side)?.open(place.file);
					this.files.get(place.file)?.editor.goTo(place.line);
				});
				return button;
			});
			const item = make("li", "", make("strong", "", names[t.side]), make("pre", "", t.fault.slice(0, 4000)), ...links);
			item.dataset.side = t.side;
			return item;
		});
		one(".faults", this.element).replaceChildren(...items);
	}

	/**
	 * Makes a change that the page offers, runs it, and goes to what the page says that one then sees.
	 * @param {string} file
	 * @param {string} diff
	 * @param {string[]} expected
	 */
	async try(file, diff, expected) {
		const it = this.files.get(file);
		if (!it) return this.say(`${file} does not run here: make the change on your machine.`);
		if (this.running) this.stop();
		const text = patched(it.was, diff);
		if (text === null) return this.say(`The change does not fit ${file}.`);
		this.write({ [file]: text });
		await this.run();
		const steps = this.player.story.runs[0] ?? [];
		const line = (expected[0] ?? "").trim().replace(/\s+/g, " ");
		const seen = steps.findIndex((step) => [step.go, step.python].some((said) => said && key(said).replace(/\s+/g, " ") === line));
		if (seen < 0) return;
		this.player.show(seen);
		this.say(`Look at ${line}`);
	}

	async share() {
		const address = `${location.href.replace(/#.*/, "")}#edit=${await pack(JSON.stringify(this.edits))}`;
		history.replaceState(history.state, "", address);
		const copied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
		this.say(`${copied ? "The link is on the clipboard" : "The link is this page's address now: copy it"}. Your change is in the link itself; no server has it.`);
	}

	/**
	 * Shows the change that a link holds.
	 * @param {string} edit
	 */
	async take(edit) {
		try {
			const texts = JSON.parse(await unpack(edit.slice(0, mostLink)));
			const known = Object.entries(texts).filter(([name, text]) => this.files.has(name) && typeof text === "string");
			this.taking = true; // the reader's own change stays until this one is edited
			this.write(Object.fromEntries(known));
			this.say("This is the change from the link: read it, then run it.");
		} catch {
			this.say("The link holds no change that can be read: it may have been cut.");
		} finally {
			this.taking = false;
		}
	}
}

/**
 * The lines of which a complaint speaks, with its words for each.
 * @param {string} fault
 */
function placesIn(fault) {
	const found = [...fault.matchAll(/([\w-]+\.(?:go|py)):(\d+)|File "([\w-]+\.py)", line (\d+)/g)];
	return found.map((m) => {
		const line = fault.slice(fault.lastIndexOf("\n", m.index) + 1).split("\n")[0] ?? "";
		const lines = fault.split("\n");
		const head = lines.find((l) => l.includes(": ")) ?? lines.at(-1) ?? "";
		const says = (line.startsWith(m[0]) && line.slice(m[0].length).replace(/^[:\d]*: /, "")) || head;
		return { file: m[1] ?? m[3] ?? "", line: Number(m[2] ?? m[4]), says: says.slice(0, 120) };
	});
}
