// A file system in memory, with as much of Node's interface as Go's port to
// JavaScript asks for.

/** @typedef {{ data: Uint8Array, size: number, folder: boolean }} Node */
/** @typedef {(error: Error | null, value?: any) => void} Callback */

/** @param {string} code */
const failure = (code) => Object.assign(new Error(code), { code });

const constants = { O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_EXCL: 128, O_TRUNC: 512, O_APPEND: 1024, O_DIRECTORY: 65536 };

export class Memory {
	constants = constants;

	constructor() {
		/** @type {Map<string, Node>} */
		this.nodes = new Map([["/", { data: new Uint8Array(), size: 0, folder: true }]]);
		/** @type {Map<number, { path: string, node: Node, at: number, append: boolean }>} */
		this.open_ = new Map();
		this.next = 10;
		this.cwd = "/";
		this.input = new Uint8Array(); // what is read from 0
		/** @type {(fd: number, bytes: Uint8Array) => void} What is written to 1 and 2. */
		this.output = () => {};
	}

	/** @param {string} path */
	resolve(path) {
		const parts = [];
		for (const part of (path.startsWith("/") ? path : `${this.cwd}/${path}`).split("/")) {
			if (part === "..") parts.pop();
			else if (part !== "" && part !== ".") parts.push(part);
		}
		return `/${parts.join("/")}`;
	}

	/**
	 * Puts a file there, and the folders above it; a folder alone if the path ends in a dot.
	 * @param {string} path
	 * @param {Uint8Array | string} content
	 */
	put(path, content) {
		if (path.endsWith("/.")) { // a folder
			this.put(`${path}keep`, "");
			this.nodes.delete(this.resolve(`${path}keep`));
			return;
		}
		const data = typeof content === "string" ? new TextEncoder().encode(content) : content;
		const at = this.resolve(path);
		for (let i = at.indexOf("/", 1); i > 0; i = at.indexOf("/", i + 1)) {
			if (!this.nodes.has(at.slice(0, i))) this.nodes.set(at.slice(0, i), { data: new Uint8Array(), size: 0, folder: true });
		}
		this.nodes.set(at, { data, size: data.length, folder: false });
	}

	/** @param {string} path */
	get(path) {
		const node = this.nodes.get(this.resolve(path));
		if (!node) throw failure("ENOENT");
		return node.data.subarray(0, node.size);
	}

	/** @param {string} path */
	drop(path) {
		this.nodes.delete(this.resolve(path));
	}

	/**
	 * The files whose paths begin so.
	 * @param {string} start
	 */
	below(start) {
		return [...this.nodes].flatMap(([path, node]) => (path.startsWith(start) && !node.folder ? [path] : []));
	}

	/** @param {Node} node */
	stats(node) {
		return {
			dev: 1, ino: 1, mode: node.folder ? 0o40755 : 0o100644, nlink: 1, uid: 0, gid: 0, rdev: 0, size: node.size,
			blksize: 4096, blocks: 1, atimeMs: 0, mtimeMs: 0, ctimeMs: 0, isDirectory: () => node.folder,
		};
	}

	/**
	 * Calls back with what a function gives; later, as Node does: Go does not
	 * expect to be called while it calls.
	 * @param {Callback} callback
	 * @param {() => any} does
	 */
	answer(callback, does) {
		try {
			const value = does();
			queueMicrotask(() => callback(null, value));
		} catch (error) {
			queueMicrotask(() => callback(/** @type {Error} */ (error)));
		}
	}

	/** @param {string} path @returns {Node} */
	node(path) {
		const node = this.nodes.get(this.resolve(path));
		if (!node) throw failure("ENOENT");
		return node;
	}

	/** @param {number} fd */
	file(fd) {
		const file = this.open_.get(fd);
		if (!file) throw failure("EBADF");
		return file;
	}

	/** @param {string} path @param {number} flags @param {number} _mode @param {Callback} callback */
	open(path, flags, _mode, callback) {
		this.answer(callback, () => {
			const at = this.resolve(path);
			let node = this.nodes.get(at);
			if (node && flags & constants.O_CREAT && flags & constants.O_EXCL) throw failure("EEXIST");
			if (!node) {
				if (!(flags & constants.O_CREAT)) throw failure("ENOENT");
				this.put(at, new Uint8Array());
				node = this.node(at);
			}
			if (flags & constants.O_TRUNC) node.size = 0;
			this.open_.set(++this.next, { path: at, node, at: 0, append: (flags & constants.O_APPEND) !== 0 });
			return this.next;
		});
	}

	/** @param {number} fd @param {Callback} callback */
	close(fd, callback) {
		this.answer(callback, () => void this.open_.delete(fd));
	}

	/** @param {number} fd @param {Uint8Array} buffer @param {number} offset @param {number} length @param {number | null} position @param {Callback} callback */
	read(fd, buffer, offset, length, position, callback) {
		this.answer(callback, () => {
			if (fd === 0) {
				const n = Math.min(length, this.input.length);
				buffer.set(this.input.subarray(0, n), offset);
				this.input = this.input.subarray(n);
				return n;
			}
			const file = this.file(fd);
			const from = position ?? file.at;
			const n = Math.max(0, Math.min(length, file.node.size - from));
			buffer.set(file.node.data.subarray(from, from + n), offset);
			if (position === null) file.at += n;
			return n;
		});
	}

	/** @param {number} fd @param {Uint8Array} bytes */
	writeSync(fd, bytes) {
		this.output(fd, bytes);
		return bytes.length;
	}

	/** @param {number} fd @param {Uint8Array} buffer @param {number} offset @param {number} length @param {number | null} position @param {Callback} callback */
	write(fd, buffer, offset, length, position, callback) {
		this.answer(callback, () => {
			const bytes = buffer.subarray(offset, offset + length);
			if (fd === 1 || fd === 2) return this.writeSync(fd, bytes);
			const file = this.file(fd);
			const from = position ?? (file.append ? file.node.size : file.at);
			const end = from + length;
			if (end > file.node.data.length) {
				const grown = new Uint8Array(Math.max(end, 2 * file.node.data.length, 4096));
				grown.set(file.node.data.subarray(0, file.node.size));
				file.node.data = grown;
			}
			file.node.data.set(bytes, from);
			file.node.size = Math.max(file.node.size, end);
			if (position === null) file.at = end;
			return length;
		});
	}

	/** @param {number} fd @param {Callback} callback */
	fstat(fd, callback) {
		this.answer(callback, () => this.stats(fd < 3 ? { data: new Uint8Array(), size: 0, folder: false } : this.file(fd).node));
	}

	/** @param {string} path @param {Callback} callback */
	stat(path, callback) {
		this.answer(callback, () => this.stats(this.node(path)));
	}

	/** @param {string} path @param {Callback} callback */
	lstat(path, callback) {
		this.stat(path, callback);
	}

	/** @param {string} path @param {number} _mode @param {Callback} callback */
	mkdir(path, _mode, callback) {
		this.answer(callback, () => {
			const at = this.resolve(path);
			if (this.nodes.has(at)) throw failure("EEXIST");
			this.put(`${at}/.`, "");
		});
	}

	/** @param {string} path @param {Callback} callback */
	readdir(path, callback) {
		this.answer(callback, () => {
			const at = this.resolve(path);
			if (!this.node(at).folder) throw failure("ENOTDIR");
			const start = at === "/" ? "/" : `${at}/`;
			return [...this.nodes.keys()].filter((p) => p.startsWith(start) && p !== "/" && !p.slice(start.length).includes("/")).map((p) => p.slice(start.length));
		});
	}

	/** @param {string} path @param {Callback} callback */
	unlink(path, callback) {
		this.answer(callback, () => {
			this.node(path);
			this.nodes.delete(this.resolve(path));
		});
	}

	/** @param {string} path @param {Callback} callback */
	rmdir(path, callback) {
		this.unlink(path, callback);
	}

	/** @param {string} from @param {string} to @param {Callback} callback */
	rename(from, to, callback) {
		this.answer(callback, () => {
			this.nodes.set(this.resolve(to), this.node(from));
			this.nodes.delete(this.resolve(from));
		});
	}

	/** @param {number} fd @param {number} size @param {Callback} callback */
	ftruncate(fd, size, callback) {
		this.answer(callback, () => {
			const { node } = this.file(fd);
			const data = new Uint8Array(size);
			data.set(node.data.subarray(0, Math.min(size, node.size)));
			node.data = data;
			node.size = size;
		});
	}

	/** @param {number} _fd @param {Callback} callback */
	fsync(_fd, callback) {
		this.answer(callback, () => null);
	}

	/** @param {string} _path @param {number} _mode @param {Callback} callback */
	chmod(_path, _mode, callback) {
		this.answer(callback, () => null);
	}

	/** @param {number} _fd @param {number} _mode @param {Callback} callback */
	fchmod(_fd, _mode, callback) {
		this.answer(callback, () => null);
	}
}
