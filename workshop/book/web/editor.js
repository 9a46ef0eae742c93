// An editor for Go or Python, in which the player marks lines as it does in a
// program that is only read.
import { make } from "./dom.js";
import { dot } from "./panes.js";
import {
	Decoration, EditorState, EditorView, GutterMarker, RangeSet, StateEffect, StateField, WidgetType, bracketMatching, defaultKeymap, go, gutter,
	history, historyKeymap, indentLess, indentMore, indentOnInput, indentUnit, keymap, lineNumbers, pythonLanguage, syntaxHighlighting, tagHighlighter, tags,
} from "./vendor/codemirror.js";

/** @import { Marks } from "./panes.js" */
/** @import { EditorState as State } from "./vendor/codemirror.js" */

/** @typedef {{ line: number, says: string }} Fault */

const colours = tagHighlighter([
	{ tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], class: "key" },
	{ tag: [tags.string, tags.special(tags.string), tags.character], class: "str" },
	{ tag: [tags.number, tags.bool, tags.null], class: "num" },
	{ tag: tags.comment, class: "com" },
	{ tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName)), tags.function(tags.propertyName)], class: "fun" },
	{ tag: [tags.standard(tags.variableName), tags.typeName], class: "bui" },
]);

/** @type {import("./vendor/codemirror.js").StateEffectType<Marks>} */
const setMarks = StateEffect.define();
/** @type {import("./vendor/codemirror.js").StateEffectType<Fault[]>} */
const setFaults = StateEffect.define();

class Tags extends WidgetType {
	/** @param {HTMLElement[]} tags */
	constructor(tags) {
		super();
		this.tags = tags;
	}

	toDOM() {
		const element = make("span", "tags", ...this.tags);
		element.setAttribute("aria-hidden", "true");
		return element;
	}
}

class Dots extends GutterMarker {
	/** @param {number[]} lanes */
	constructor(lanes) {
		super();
		this.lanes = lanes;
	}

	toDOM() {
		return make("span", "dots", ...this.lanes.map(dot));
	}
}

/**
 * @param {State} state
 * @param {Marks} marks
 */
function decorated(state, marks) {
	const known = [...marks].filter(([n]) => n >= 1 && n <= state.doc.lines).map(([n, mark]) => ({ ...mark, line: state.doc.line(n) }));
	return {
		lines: Decoration.set(
			known.flatMap(({ line, speaks, lane, tags }) => [
				...(speaks ? [Decoration.line({ class: speaks, attributes: { "data-lane": String(lane % 8) } }).range(line.from)] : []),
				...(tags.length > 0 ? [Decoration.widget({ widget: new Tags(tags), side: 1 }).range(line.to)] : []),
			]),
			true,
		),
		/** @type {RangeSet<GutterMarker>} */
		dots: RangeSet.of(known.flatMap(({ line, lanes }) => (lanes.length > 0 ? [new Dots(lanes).range(line.from)] : [])), true),
	};
}

const marked = StateField.define({
	create: (state) => decorated(state, new Map()),
	update(was, change) {
		for (const effect of change.effects) if (effect.is(setMarks)) return decorated(change.state, effect.value);
		return change.docChanged ? { lines: was.lines.map(change.changes), dots: was.dots.map(change.changes) } : was;
	},
	provide: (field) => [EditorView.decorations.from(field, (f) => f.lines), gutter({ class: "places", markers: (view) => view.state.field(field).dots })],
});

const faulty = StateField.define({
	create: () => Decoration.none,
	update(was, change) {
		for (const effect of change.effects) {
			if (!effect.is(setFaults)) continue;
			return Decoration.set(
				effect.value.filter((f) => f.line >= 1 && f.line <= change.state.doc.lines).flatMap((f) => {
					const line = change.state.doc.line(f.line);
					return [Decoration.line({ class: "fault" }).range(line.from), Decoration.widget({ widget: new Tags([make("span", "tag error", f.says)]), side: 2 }).range(line.to)];
				}),
				true,
			);
		}
		return was.map(change.changes);
	},
	provide: (field) => EditorView.decorations.from(field),
});

export class Editor {
	/**
	 * @param {HTMLElement} parent
	 * @param {string} file
	 * @param {string} text
	 * @param {{ changed: () => void, run: () => void }} calls
	 */
	constructor(parent, file, text, { changed, run }) {
		const isGo = file.endsWith(".go");
		this.view = new EditorView({
			parent,
			state: EditorState.create({
				doc: text,
				extensions: [
					lineNumbers(), marked, faulty, history(), bracketMatching(), indentOnInput(), syntaxHighlighting(colours),
					isGo ? go() : pythonLanguage,
					indentUnit.of(isGo ? "\t" : "    "),
					EditorState.tabSize.of(4),
					keymap.of([
						{ key: "Mod-Enter", run: () => (run(), true) },
						{ key: "Tab", run: indentMore, shift: indentLess },
						...defaultKeymap,
						...historyKeymap,
					]),
					EditorView.contentAttributes.of({ tabindex: "0", "aria-label": `${file}, editor. Tab indents; Escape, then Tab, leaves it.` }),
					EditorView.updateListener.of((update) => update.docChanged && changed()),
				],
			}),
		});
	}

	get text() {
		return this.view.state.doc.toString();
	}

	/** @param {string} text */
	write(text) {
		if (text !== this.text) this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, userEvent: "set" }); // an undo of its own, not one with what was typed just before
	}

	/** @param {Marks} marks */
	mark(marks) {
		this.view.dispatch({ effects: setMarks.of(marks) });
	}

	/** @param {Fault[]} faults */
	fault(faults) {
		this.view.dispatch({ effects: setFaults.of(faults) });
	}

	/** @param {number} line */
	scrollTo(line) {
		const { state, scrollDOM } = this.view;
		if (line < 1 || line > state.doc.lines) return;
		const block = this.view.lineBlockAt(state.doc.line(line).from);
		const margin = scrollDOM.clientHeight / 4;
		if (block.top < scrollDOM.scrollTop + margin || block.bottom > scrollDOM.scrollTop + scrollDOM.clientHeight - margin) {
			scrollDOM.scrollTop = block.top - scrollDOM.clientHeight / 2;
		}
	}

	/** @param {number} line */
	goTo(line) {
		this.view.focus();
		const at = this.view.state.doc.line(Math.min(Math.max(line, 1), this.view.state.doc.lines)).from;
		this.view.dispatch({ selection: { anchor: at } });
		this.scrollTo(line);
	}
}
