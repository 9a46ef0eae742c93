// The engine: Go's own compiler and linker, built for wasm, check an answer by
// the exercise's own tests. It runs in a worker, and in node for its tests.
import { bounded } from "./bounded.js";
import { Memory } from "./memfs.js";

/**
 * @typedef {object} Manifest What engine.go writes.
 * @property {string} go Its version.
 * @property {number} size What is downloaded for any lesson, in bytes.
 * @property {[string, number][]} archives Import paths and sizes, in the order of the file archives.
 * @property {[string, number][]} rare The same of the file rare.
 * @property {Record<string, string>} lessons Where the sources of each lesson lie.
 * @property {Record<string, string>} files Where each file lies.
 */

/**
 * @typedef {object} Lesson
 * @property {Exercise} [exercise]
 * @property {{ path: string, files: Record<string, string> }} [story] Its import path and sources.
 * @property {boolean} rare Whether it needs the file rare.
 */

/**
 * @typedef {object} Exercise
 * @property {string} path Its import path.
 * @property {Record<string, string>} given Sources that belong to its package and not to the answer.
 * @property {{ path: string, files: Record<string, string> }[] | null} users Packages that import it, and that its tests import.
 * @property {Record<string, string>} tests Sources of its tests.
 * @property {string} main The source of the test's main function.
 * @property {Record<string, string>} files What the verdict reads, by their paths in the workshop.
 */

/**
 * @typedef {object} Said Tests that say the same.
 * @property {string[]} names
 * @property {string[]} sentences
 * @property {"ok" | "wrong" | "to do" | "not run"} state
 * @property {string} [message]
 * @property {{ number: number, text: string }[]} [quoted] The lines of the answer that it names.
 * @property {Run} [run] What the answer did.
 * @property {number} apart The line from which the solution's run differs; -1 if it is not known.
 */

/**
 * @typedef {object} RunLine
 * @property {number} at
 * @property {string} task
 * @property {string} text
 * @property {number} [level]
 * @property {boolean} [waiting]
 */

/**
 * @typedef {object} Run
 * @property {number} bubble
 * @property {string} [scenario]
 * @property {RunLine[]} lines
 * @property {number} wrong
 * @property {RunLine[]} [solution]
 */

/**
 * @typedef {object} Verdict What verdict/main.go prints.
 * @property {boolean} passed
 * @property {string} summary
 * @property {string} [broken]
 * @property {string} [skip] What has run, if another test binary has to run the others.
 * @property {string[]} [failing]
 * @property {Said[]} tests
 */

/**
 * @typedef {object} Ran A program that has come to its end.
 * @property {number} status
 * @property {string} out
 * @property {string} err
 * @property {string} [ended] Why it was ended from outside.
 */

/** @typedef {Record<string, string>} Env */
/** @typedef {(module: WebAssembly.Module, args: string[], cwd: string, env: Env) => Promise<Ran>} Runs */

export const mostOutput = 1 << 20;

const stretches = { WORKSHOP_STRETCHES: "1" }; // as verdict/main.go has it

export class Engine {
	/**
	 * @param {Manifest} manifest
	 * @param {(file: string) => Promise<Uint8Array<ArrayBuffer>>} load Gives a file of the engine, unpacked.
	 * @param {Runs} [elsewhere] Runs a test binary where it can be ended, and beside what the engine does.
	 */
	constructor(manifest, load, elsewhere) {
		this.manifest = manifest;
		this.load = load;
		this.elsewhere = elsewhere;
		/** @type {string} Where the compiler and the linker find each package. */
		this.config = "";
		this.fs = new Memory();
		/** @type {Map<string, Promise<WebAssembly.Module>>} By their files. */
		this.tools = new Map();
		/** @type {Set<string>} */
		this.loaded = new Set();
		/** @type {Map<string, Lesson>} */
		this.lessons = new Map();
		/** @type {Map<string, Uint8Array[]>} The tests, compiled, by what they were compiled with: an answer that looks the same from outside needs no others. */
		this.compiled = new Map();
		/** @type {(file: string, module: WebAssembly.Module) => void} Is given what has been compiled of the engine. */
		this.hasCompiled = () => {};
		/** @type {((fd: number, text: string) => void) | undefined} Is told what a program prints, at once. */
		this.says = undefined;
		this.hasRun = false; // the compiler
		this.fs.put("/tmp/.", "");
	}

	/** One that runs programs that were built elsewhere: it loads nothing. */
	static host() {
		return new Engine({ go: "", size: 0, archives: [], rare: [], lessons: {}, files: {} }, () => Promise.reject(new Error("a host loads nothing")));
	}

	/** Makes the file system the one that Go's programs find. */
	enter() {
		const scope = /** @type {any} */ (globalThis);
		scope.fs = this.fs;
		const none = () => -1;
		scope.process = { ...scope.process, getuid: none, getgid: none, geteuid: none, getegid: none, getgroups: () => [], pid: 1, ppid: 1, umask: () => 0o22, cwd: () => this.fs.cwd, chdir: (/** @type {string} */ to) => (this.fs.cwd = to) };
		scope.path = { resolve: (/** @type {string[]} */ ...parts) => this.fs.resolve(parts.join("/")) };
	}

	/**
	 * Loads the packages that programs are linked from.
	 * @param {"archives" | "rare"} name
	 */
	async packages(name) {
		if (this.loaded.has(name)) return;
		const all = await this.load(this.file(name));
		let at = 0;
		for (const [path, size] of this.manifest[name]) {
			this.fs.put(`/pkg/${path}.a`, all.subarray(at, at + size));
			this.config += `packagefile ${path}=/pkg/${path}.a\n`;
			at += size;
		}
		this.loaded.add(name);
	}

	/** @param {string} name */
	file(name) {
		return this.manifest.files[name] ?? name;
	}

	/** @param {string} name */
	tool(name) {
		const file = this.file(`${name}.wasm`);
		const compiled = this.tools.get(file) ?? this.compiledFrom(file);
		this.tools.set(file, compiled);
		return compiled;
	}

	/** @param {string} file */
	async compiledFrom(file) {
		const module = await WebAssembly.compile(await this.load(file));
		this.hasCompiled(file, module);
		return module;
	}

	/**
	 * The sources of a lesson, once all that it is linked from is there.
	 * @param {string} name
	 * @returns {Promise<Lesson>}
	 */
	async lesson(name) {
		const known = this.lessons.get(name);
		if (known) return known;
		const file = this.manifest.lessons[name];
		if (!file) throw new Error(`${name} has nothing that runs here`);
		const [text] = await Promise.all([this.load(file), this.packages("archives"), this.tool("compile"), this.tool("link")]);
		const lesson = JSON.parse(new TextDecoder().decode(text));
		if (lesson.rare) await this.packages("rare");
		this.lessons.set(name, lesson);
		return lesson;
	}

	/**
	 * Runs a program to its end.
	 * @param {WebAssembly.Module} module
	 * @param {string[]} args
	 * @param {Env} [env]
	 * @returns {Promise<Ran>}
	 */
	async run(module, args, env = {}) {
		this.enter();
		const said = { 1: new Output(), 2: new Output() };
		this.fs.output = (fd, bytes) => {
			said[fd === 1 ? 1 : 2].write(bytes);
			if (this.says && said[fd === 1 ? 1 : 2].kept < mostOutput) this.says(fd, new TextDecoder().decode(bytes));
		};
		const go = new /** @type {any} */ (globalThis).Go();
		let status = 0;
		go.argv = args;
		go.env = { GOOS: "js", GOARCH: "wasm", HOME: "/", TMPDIR: "/tmp", GOTMPDIR: "/tmp", ...env };
		go.exit = (/** @type {number} */ code) => {
			status = code;
			for (const timer of go._scheduledTimeouts.values()) clearTimeout(timer); // of goroutines that have ended with it
			go._scheduledTimeouts.clear(); // wasm_exec.js resumes until Go takes its timeout out, which it cannot any more
		};
		const resume = go._resume.bind(go);
		go._resume = () => go.exited || resume(); // what the file system still answers comes too late after os.Exit
		const instance = await WebAssembly.instantiate(module, go.importObject);
		await go.run(instance);
		return { status, out: said[1].text(), err: said[2].text() };
	}

	/** What begins when a program is compiled: the first time, the browser compiles the compiler before. */
	get compiles() {
		return this.hasRun ? "compiles" : "compiles; the first time takes longest";
	}

	/**
	 * Compiles a package; gives what the compiler complains of.
	 * @param {string} path
	 * @param {string[]} files
	 * @param {string} to
	 * @param {...string} flags
	 */
	async compile(path, files, to, ...flags) {
		this.fs.put("/build/importcfg", this.config);
		const { status, out, err } = await this.run(await this.tool("compile"), ["compile", "-o", to, "-p", path, "-lang=go1.26", "-complete", "-c=1", "-dwarf=false", "-pack", ...flags, "-importcfg", "/build/importcfg", ...files]);
		this.hasRun = true;
		return status === 0 ? "" : out + err || "the compiler failed";
	}

	/**
	 * Links a program, or says in unbuilt why it cannot.
	 * @param {string} main The archive of its main package.
	 * @returns {Promise<{ module?: WebAssembly.Module, unbuilt?: string }>}
	 */
	async link(main) {
		const { status, out, err } = await this.run(await this.tool("link"), ["link", "-o", "/build/program.wasm", "-importcfg", "/build/importcfg", "-buildmode=exe", "-X=testing.testBinary=1", "-s", "-w", main]);
		if (status !== 0) return { unbuilt: out + err };
		const module = await WebAssembly.compile(bounded(this.fs.get("/build/program.wasm")));
		this.fs.drop("/build/program.wasm");
		return { module };
	}

	/**
	 * Lays out the exercise of a lesson with an answer.
	 * @param {string} lesson
	 * @param {string} answer
	 */
	async lay(lesson, answer) {
		const [{ exercise }] = await Promise.all([this.lesson(lesson), this.tool("test2json"), this.tool("verdict")]);
		if (!exercise) throw new Error(`the exercise of ${lesson} does not run here`);
		const folder = `/workshop/${lesson}/exercise`;
		for (const old of this.fs.below("/workshop/")) this.fs.drop(old);
		for (const [path, text] of Object.entries(exercise.files)) this.fs.put(`/workshop/${path}`, text);
		for (const [name, text] of Object.entries({ ...exercise.given, ...exercise.tests })) this.fs.put(`${folder}/${name}`, text);
		this.fs.put(`${folder}/exercise.go`, answer);
		return { exercise, folder };
	}

	/**
	 * Checks an answer by the tests of a lesson's exercise: first as it is, then
	 * stretched. One binary does both, since to link takes longest.
	 * @param {string} lesson
	 * @param {string} answer
	 * @param {{ says?: (what: string) => void }} [options]
	 * @returns {Promise<Verdict>}
	 */
	async check(lesson, answer, { says = () => {} } = {}) {
		const { exercise } = await this.lay(lesson, answer);
		says(this.compiles);
		const built = await this.build(lesson, exercise, answer);
		if (!built.module) return this.result(lesson, [{ events: notBuilt(exercise.path, built.unbuilt ?? ""), crash: "", failed: false, ended: "" }]);
		says("runs");
		const { module } = built;
		const first = await this.test(lesson, module, {});
		// While the engine reads what the first run says, the second can run elsewhere.
		const ahead = this.elsewhere && first.status === 0 && !first.ended ? this.test(lesson, module, stretches) : undefined;
		ahead?.catch(() => {}); // if the first is not right, it has no use
		const found = await this.round(lesson, exercise, module, {}, first);
		if (!found.passed) return found;
		says("runs, in another order");
		return this.round(lesson, exercise, module, stretches, await (ahead ?? this.test(lesson, module, stretches)));
	}

	/**
	 * Builds what a check builds, so that the browser has compiled the compiler and the linker when one comes.
	 * @param {string} lesson
	 * @param {string} answer
	 */
	async prepare(lesson, answer) {
		const { exercise } = await this.lay(lesson, answer);
		await this.build(lesson, exercise, answer);
	}

	/**
	 * A test's run with the solution's run of the same bubble beside it; null where that cannot be had.
	 * @param {string} lesson
	 * @param {string} test
	 * @param {Run} run
	 * @returns {Promise<{ run: Run, apart: number } | null>}
	 */
	async beside(lesson, test, run) {
		const { exercise, folder } = await this.lay(lesson, "");
		const built = await this.build(lesson, exercise, new TextDecoder().decode(this.fs.get(`${folder}/_solution/exercise.go`)));
		if (!built.module) return null;
		const ran = await this.test(lesson, built.module, {}, `-test.run=^${test}$`, `-lesson.bubble=${run.bubble}`);
		const { events } = await this.heard(exercise, ran);
		const theirs = events.split("\n").flatMap((line) => (line.includes('"attr"') ? [JSON.parse(line)] : [])).find((e) => e.Key === "run" && e.Test === test);
		return theirs ? JSON.parse(await this.verdict("beside", JSON.stringify(run), theirs.Value)) : null;
	}

	/**
	 * How an answer differs from the solution.
	 * @param {string} lesson
	 * @param {string} answer
	 */
	async compare(lesson, answer) {
		await this.lay(lesson, answer);
		return this.verdict("compare", lesson);
	}

	/**
	 * What the tests say, in as many test binaries as it takes: a crash ends one.
	 * @param {string} lesson
	 * @param {Exercise} exercise
	 * @param {WebAssembly.Module} module
	 * @param {Env} env
	 * @param {Ran} first
	 * @returns {Promise<Verdict>}
	 */
	async round(lesson, exercise, module, env, first) {
		const runs = [await this.heard(exercise, first)];
		for (let skip = ""; ; ) {
			const found = await this.result(lesson, runs);
			if (!found.skip || found.skip === skip) return found;
			skip = found.skip;
			runs.push(await this.heard(exercise, await this.test(lesson, module, env, `-test.skip=${skip}`)));
		}
	}

	/**
	 * Builds the test binary of an exercise. Its answer stretches where the environment asks for it.
	 * @param {string} lesson
	 * @param {Exercise} exercise
	 * @param {string} answer
	 * @returns {Promise<{ module?: WebAssembly.Module, unbuilt?: string }>}
	 */
	async build(lesson, exercise, answer) {
		const shared = this.config;
		const file = `/workshop/${lesson}/exercise/exercise.go`;
		try {
			this.fs.put(file, answer);
			this.fs.put("/build/longer/.", "");
			await this.verdict("stretch", file, "/build/longer");
			const longer = "/build/longer/exercise.go";
			const beside = this.fs.below("/build/longer/").filter((path) => path !== longer);
			this.fs.put(file, this.fs.get(longer));
			this.fs.cwd = `/workshop/${lesson}`;
			const own = ["exercise.go", ...Object.keys(exercise.given)].map((name) => `exercise/${name}`);
			const compile = (/** @type {string[]} */ files) => this.compile(exercise.path, files, "/build/exercise.a", "-l"); // not inlined, its archive shows others only what it exports
			const broken = await compile([...own, ...beside]);
			this.fs.put(file, answer); // the verdict quotes it
			if (broken) {
				const unbuilt = await compile(own);
				if (unbuilt) return { unbuilt };
			}
			const packages = [
				...(exercise.users ?? []).map(({ path, files }) => ({ path, files, folder: `exercise${path.slice(exercise.path.length)}` })),
				{ path: `${exercise.path}_test`, files: exercise.tests, folder: "exercise" },
				{ path: "main", files: { "_testmain.go": exercise.main }, folder: "/build" },
			].map((p, i) => ({ ...p, archive: `/build/${i}.a`, names: Object.keys(p.files).map((name) => `${p.folder}/${name}`) }));
			this.config += [{ path: exercise.path, archive: "/build/exercise.a" }, ...packages.slice(0, -1)].map(({ path, archive }) => `packagefile ${path}=${archive}\n`).join("");
			this.fs.put("/build/importcfg", this.config);
			const looks = exercise.main + Object.values(exercise.tests).join() + exported(this.fs.get("/build/exercise.a"));
			const kept = this.compiled.get(looks);
			for (const [i, { path, files, folder, names, archive }] of packages.entries()) {
				for (const [name, text] of Object.entries(files)) this.fs.put(`${folder}/${name}`, text);
				if (kept?.[i]) this.fs.put(archive, kept[i].slice());
				else if (!kept) {
					const unbuilt = await this.compile(path, names, archive);
					if (unbuilt) return { unbuilt };
				}
			}
			this.compiled.delete(looks); // the newest stands last
			this.compiled.set(looks, packages.map(({ archive }) => this.fs.get(archive).slice()));
			for (const old of [...this.compiled.keys()].slice(0, -2)) this.compiled.delete(old); // the answer's, and the solution's beside it
			return await this.link(packages.at(-1)?.archive ?? "");
		} finally {
			this.config = shared;
		}
	}

	/**
	 * Runs a test binary.
	 * @param {string} lesson
	 * @param {WebAssembly.Module} module
	 * @param {Env} env
	 * @param {...string} flags
	 * @returns {Promise<Ran>}
	 */
	test(lesson, module, env, ...flags) {
		const args = ["exercise.test", "-test.v=test2json", "-test.paniconexit0", "-test.timeout=30s", ...flags];
		const cwd = `/workshop/${lesson}/exercise`;
		if (this.elsewhere) return this.elsewhere(module, args, cwd, env);
		this.fs.cwd = cwd;
		return this.run(module, args, env);
	}

	/**
	 * What go test -json makes of a run.
	 * @param {Exercise} exercise
	 * @param {Ran} ran
	 */
	async heard(exercise, ran) {
		this.fs.input = new TextEncoder().encode(ran.out);
		const { out: events } = await this.run(await this.tool("test2json"), ["test2json", "-p", exercise.path]);
		return { events, crash: ran.status === 0 ? "" : crash(ran.err), failed: ran.status !== 0, ended: ran.ended ?? "" };
	}

	/**
	 * @param {string} lesson
	 * @param {{ events: string, crash: string, failed: boolean, ended: string }[]} runs
	 * @returns {Promise<Verdict>}
	 */
	async result(lesson, runs) {
		this.fs.put("/build/runs", JSON.stringify(runs));
		return JSON.parse(await this.verdict("result", lesson, "/build/runs"));
	}

	/** @param {...string} args */
	async verdict(...args) {
		this.fs.cwd = "/workshop";
		const { status, out, err } = await this.run(await this.tool("verdict"), ["verdict", ...args]);
		if (status !== 0) throw new Error(err || out);
		return out;
	}
}

// What a program has said: the beginning, and the end, where a crash says what it was.
class Output {
	constructor() {
		/** @type {Uint8Array[]} */
		this.head = [];
		/** @type {Uint8Array[]} */
		this.tail = [];
		this.kept = 0;
		this.last = 0;
	}

	/** @param {Uint8Array} bytes */
	write(bytes) {
		const copy = bytes.slice();
		if (this.kept < mostOutput) {
			this.head.push(copy);
			this.kept += copy.length;
			return;
		}
		this.tail.push(copy);
		this.last += copy.length;
		while (this.last > mostOutput / 2 && this.tail.length > 1) this.last -= this.tail.shift()?.length ?? 0;
	}

	text() {
		const decoder = new TextDecoder();
		return [...this.head, ...this.tail].map((part) => decoder.decode(part, { stream: true })).join("");
	}
}

/**
 * What of a compiled package others can see: the first member of its archive.
 * @param {Uint8Array} archive
 */
function exported(archive) {
	const size = parseInt(new TextDecoder().decode(archive.subarray(8 + 48, 8 + 58)), 10);
	return new TextDecoder("latin1").decode(archive.subarray(68, 68 + size));
}

/**
 * What go test -json prints when a package cannot be built.
 * @param {string} path
 * @param {string} output
 */
function notBuilt(path, output) {
	return [
		{ ImportPath: path, Action: "build-output", Output: `# ${path}\n` },
		...output.split("\n").map((line) => ({ ImportPath: path, Action: "build-output", Output: `${line}\n` })),
		{ ImportPath: path, Action: "build-fail" },
		{ Action: "start", Package: path },
		{ Action: "fail", Package: path, Elapsed: 0, FailedBuild: path },
	].map((event) => JSON.stringify(event)).join("\n") + "\n";
}

/**
 * The report of a crash; what else stands on the standard error is no crash.
 * @param {string} text
 */
function crash(text) {
	return /^(panic|fatal error): /m.test(text) ? text : "";
}
