// Makes vendor/ from the libraries of package-lock.json: npm ci && npm run bundle.
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";

// What the page's editors need of CodeMirror, and the modules that this takes in.
const editor = `
export { EditorState, RangeSet, StateEffect, StateEffectType, StateField } from "@codemirror/state";
export { Decoration, EditorView, GutterMarker, WidgetType, gutter, keymap, lineNumbers } from "@codemirror/view";
export { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
export { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
export { go } from "@codemirror/lang-go";
export { pythonLanguage } from "@codemirror/lang-python";
export { tagHighlighter, tags } from "@lezer/highlight";
`;

const libraries = {
	codemirror: editor,
	minisearch: 'export { default as MiniSearch } from "minisearch";',
	uqr: 'export { encode } from "uqr";',
};

// style-mod writes a <style> into the document, which the pages' policy forbids.
// It knows constructed style sheets, which are allowed, but takes them in shadow trees only.
const constructed = {
	name: "constructed style sheets",
	setup({ onLoad }) {
		onLoad({ filter: /style-mod\.js$/ }, async ({ path }) => {
			const source = await readFile(path, "utf8");
			const contents = source.replace("!root.head && root.adoptedStyleSheets", "root.adoptedStyleSheets");
			if (contents === source) throw new Error("style-mod has changed: see where it makes a <style>");
			return { contents, loader: "js" };
		});
	},
};

const packages = new Set();
for (const [name, contents] of Object.entries(libraries)) {
	const { metafile } = await build({ stdin: { contents, resolveDir: "." }, outfile: `vendor/${name}.js`, bundle: true, minify: true, format: "esm", target: "es2022", metafile: true, plugins: [constructed] });
	await writeFile(`vendor/${name}.d.ts`, contents.trim() + "\n");
	for (const file of Object.keys(metafile.inputs)) {
		const inside = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file);
		if (inside) packages.add(inside[1]);
	}
}
let licences = "";
for (const name of [...packages].sort()) {
	const { version, license, homepage, repository } = JSON.parse(await readFile(`node_modules/${name}/package.json`, "utf8"));
	const text = await readFile(`node_modules/${name}/LICENSE`, "utf8").catch(() => readFile(`node_modules/${name}/LICENSE.txt`, "utf8"));
	licences += `${name} ${version}, ${license}, ${homepage ?? repository.url ?? repository}\n\n${text.trim()}\n\n\n`;
}
await writeFile("vendor/LICENCES.txt", licences.trim() + "\n");
