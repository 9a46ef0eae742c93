// Makes vendor/ from the libraries of package-lock.json: npm ci && npm run bundle.
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";

const libraries = {
	minisearch: 'export { default as MiniSearch } from "minisearch";',
	uqr: 'export { encode } from "uqr";',
};

let licences = "";
for (const [name, contents] of Object.entries(libraries)) {
	await build({ stdin: { contents, resolveDir: "." }, outfile: `vendor/${name}.js`, bundle: true, minify: true, format: "esm", target: "es2022" });
	await writeFile(`vendor/${name}.d.ts`, contents + "\n");
	const { version, license, homepage } = JSON.parse(await readFile(`node_modules/${name}/package.json`, "utf8"));
	const text = await readFile(`node_modules/${name}/LICENSE`, "utf8").catch(() => readFile(`node_modules/${name}/LICENSE.txt`, "utf8"));
	licences += `${name} ${version}, ${license}, ${homepage}\n\n${text.trim()}\n\n\n`;
}
await writeFile("vendor/LICENCES.txt", licences.trim() + "\n");
