// The published package: what it exports, its types, what its tarball holds, and what the linters of packages say of it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pkg = join(root, "pkg");
const dist = join(pkg, "dist");
// What the files of the package are put together of.
const modules = join(root, "target", "package-modules");
const manifest = JSON.parse(readFileSync(join(pkg, "package.json"), "utf8"));
const scratch = mkdtempSync(join(root, "target", "surface-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

const SURFACE = [
  "ActionDeniedError",
  "ActionHeldError",
  "ActionNotRecordedError",
  "ActionNotTaken",
  "ActionReplay",
  "HttpSendCache",
  "RefusedError",
  "RegateError",
  "ReplayDivergenceError",
  "actionHandler",
  "actions",
  "capabilities",
  "check",
  "checkAction",
  "compile",
  "compileActionPolicy",
  "compileBundles",
  "configHandler",
  "configPolicies",
  "deliverNotices",
  "format",
  "fromBytes",
  "governance",
  "governanceHandler",
  "hostOver",
  "httpSend",
  "init",
  "loadConfigPolicies",
  "mergeActionPolicies",
  "playground",
  "prepareGovernance",
  "providerTokens",
  "readConfig",
  "readPlan",
  "replayActionDecisions",
  "requestCheck",
  "routedStore",
  "simulateActions",
  "test",
  "testAsync",
  "testBundles",
  "testBundlesAsync",
  "validate",
];

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

const EDGE_SURFACE = ["RegateError", "capabilities", "fromBytes", "init"];

// A file below a folder, with all that it imports.
function reached(folder, entry) {
  const seen = new Set();
  const reach = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, from] of readFileSync(file, "utf8").matchAll(/(?:from|import) "(\.[^"]*\.js)"/g)) reach(join(file, "..", from));
  };
  reach(join(folder, entry));
  return [...seen];
}

const entries = [...new Set(JSON.stringify([manifest.exports, manifest.bin]).match(/dist\/[\w/-]+\.js\b/g))].map((path) => path.slice("dist/".length));

describe("exports", () => {
  for (const entry of ["regate", "regate/slim"]) {
    test(`${entry} has the whole surface and nothing else`, async () => {
      assert.deepEqual(Object.keys(await import(entry)).sort(), SURFACE);
    });
  }

  for (const entry of ["regate/edge", "regate/edge/slim"]) {
    test(`${entry} has what runs programs`, async () => {
      assert.deepEqual(Object.keys(await import(entry)).sort(), EDGE_SURFACE);
    });
  }

  test("the adapters", async () => {
    assert.deepEqual(Object.keys(await import("regate/adapters/memory")).sort(), ["MemoryHost", "memoryHost", "memoryStore"]);
    assert.deepEqual(Object.keys(await import("regate/adapters/folder")), ["folderStore"]);
    assert.deepEqual(Object.keys(await import("regate/store-contract")), ["storeContract"]);
  });

  test("every entry re-exports the same files", () => {
    for (const entry of ["node", "browser", "workerd", "edge-light", "slim"].flatMap((name) => [name, `edge/${name}`])) {
      assert.match(readFileSync(join(modules, `${entry}.js`), "utf8"), /export \* from "\.\/index\.js";/);
    }
  });

  test("only the entry for Node, the store in folders and the command name Node's modules", () => {
    const named = entries.filter((entry) => reached(dist, entry).some((file) => /from "node:|import "node:|(?<!#)\brequire\(/.test(readFileSync(file, "utf8"))));
    assert.deepEqual(named.sort(), ["adapters/folder.js", "cli.js", "edge/node.js", "node.js"]);
  });

  test("an entry opens few files", () => {
    for (const entry of entries) assert.ok(reached(dist, entry).length <= 12, `${entry}: ${reached(dist, entry)}`);
  });

  test("there is one module for each build", () => {
    assert.deepEqual(filesUnder(pkg).filter((file) => file.endsWith(".wasm")).sort(), [join(dist, "edge.wasm"), join(dist, "engine.wasm")]);
  });

  test("nothing names a folder of the machine that built it", () => {
    for (const file of filesUnder(dist)) {
      const text = readFileSync(file, "latin1");
      for (const folder of [root, homedir()]) assert.ok(!text.includes(folder.replace(/\/$/, "")), `${file}: ${folder}`);
    }
  });

  test("a bundler keeps what loads the engine", async () => {
    const starts = /^(?:loadEngineWith|loadEngineFrom|startEngine)\(/m;
    const starting = filesUnder(dist).filter((file) => file.endsWith(".js") && starts.test(readFileSync(file, "utf8")));
    const platforms = ["node", "browser", "workerd", "edge-light"].flatMap((name) => [`${name}.js`, `edge/${name}.js`]);
    assert.deepEqual(starting.map((file) => file.slice(dist.length + 1)).sort(), platforms.sort());
    const program = join(scratch, "program.mjs");
    for (const entry of platforms) {
      writeFileSync(program, `import { fromBytes, init } from ${JSON.stringify(join(dist, entry))};\nconsole.log(fromBytes, init);\n`);
      const bundled = await rolldown({ input: program, external: [/^node:/, /\.wasm/], platform: "neutral" });
      const { output } = await bundled.generate({ format: "esm" });
      await bundled.close();
      // It may have been put where it is called: then the module that it loads still is named.
      assert.match(output[0].code, /(?:engine|edge)\.wasm(?:\?module)?"/, entry);
    }
  });

  test("every platform exports the whole surface", () => {
    for (const platform of ["node", "browser", "workerd", "edge-light", "slim"]) {
      for (const [entry, names] of [[platform, SURFACE], [`edge/${platform}`, EDGE_SURFACE]]) {
        const [, exported] = /export \{([^}]*)\};?\s*(?:\/\/# sourceMappingURL=.*)?\s*$/.exec(readFileSync(join(dist, `${entry}.js`), "utf8"));
        assert.deepEqual(exported.split(",").map((name) => name.trim().split(" as ").at(-1)).sort(), names, entry);
      }
    }
  });

  test("the glue names no address of a module", () => {
    for (const name of ["engine.js", "edge/engine.js"]) assert.doesNotMatch(readFileSync(join(modules, name), "utf8"), /import\.meta/);
  });

  test("the edge build shares no module with the full one through which an instance is reached", () => {
    const shared = reached(modules, "edge/node.js").filter((file) => !file.startsWith(join(modules, "edge")));
    for (const name of ["engine.js", "engine-instance.js", "init.js", "policy.js"]) assert.ok(!shared.includes(join(modules, name)), name);
    assert.ok(shared.includes(join(modules, "errors.js")));
    const having = (text, entry) => reached(dist, entry).filter((file) => readFileSync(file, "utf8").includes(text));
    for (const text of ["function instantiate(", "function startEngine("]) {
      const [full, edge] = [having(text, "node.js"), having(text, "edge/node.js")];
      assert.deepEqual([full.length, edge.length], [1, 1], text);
      assert.notDeepEqual(full, edge, text);
    }
    assert.equal(having("RegateError = class ", "node.js").length, 1);
    assert.deepEqual(having("RegateError = class ", "node.js"), having("RegateError = class ", "edge/node.js"));
  });
});

describe("manifest", () => {
  test("every file that it names is there", () => {
    const named = [];
    const collect = (value) => {
      if (typeof value === "string" && value.startsWith("./")) named.push(value);
      else if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
    };
    collect(manifest);
    assert.ok(named.length > 15);
    for (const name of named) assert.ok(existsSync(join(pkg, name)), name);
  });

  test("brings no dependencies and no scripts", () => {
    for (const field of ["dependencies", "scripts", "devDependencies", "private"]) assert.equal(manifest[field], undefined, field);
  });

  test("its version is the crate's and the changelog's first", () => {
    const crate = /^version = "([^"]+)"/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[1];
    assert.equal(manifest.version, crate);
    assert.match(readFileSync(join(pkg, "CHANGELOG.md"), "utf8"), new RegExp(`^## ${manifest.version}`, "m"));
  });
});

describe("types", () => {
  const declarations = filesUnder(dist).filter((file) => file.endsWith(".d.ts"));

  test("nothing is `any`", () => {
    assert.ok(declarations.length > 20);
    for (const file of declarations) {
      const code = readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      assert.doesNotMatch(code, /\bany\b/, file);
    }
  });

  const compilers = {
    "nodenext, Node's types": { module: "nodenext", moduleResolution: "nodenext", lib: ["es2022", "esnext.disposable", "dom"], types: ["node"] },
    "nodenext, Node's types and not the web's": { module: "nodenext", moduleResolution: "nodenext", lib: ["es2023", "esnext.disposable"], types: ["node"], files: ["consumer.ts"] },
    "nodenext, no types of a platform but the web's": { module: "nodenext", moduleResolution: "nodenext", lib: ["es2022", "esnext.disposable", "dom"], types: [] },
    bundler: { module: "esnext", moduleResolution: "bundler", lib: ["es2023", "esnext.disposable", "dom", "dom.iterable"], types: [] },
    "bundler, conditions of Workers": {
      module: "esnext",
      moduleResolution: "bundler",
      customConditions: ["workerd"],
      lib: ["es2023", "esnext.disposable", "webworker"],
      types: [],
    },
  };
  for (const [name, { files = ["consumer.ts", "module.ts"], ...options }] of Object.entries(compilers)) {
    test(`a program compiles: ${name}`, () => {
      const config = join(scratch, `${name.replaceAll(/\W+/g, "-")}.json`);
      const compilerOptions = {
        target: "es2022",
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        verbatimModuleSyntax: true,
        skipLibCheck: false,
        noEmit: true,
        typeRoots: [join(root, "node_modules", "@types")],
        ...options,
      };
      writeFileSync(config, JSON.stringify({ compilerOptions, files: files.map((file) => join(root, "tests", "js", "consumer", file)) }));
      const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
      try {
        execFileSync(process.execPath, [tsc, "-p", config], { cwd: scratch, encoding: "utf8" });
      } catch (error) {
        assert.fail(error.stdout);
      }
    });
  }
});

describe("tarball", () => {
  const packed = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", scratch], { cwd: pkg, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  const [{ filename, files }] = Array.isArray(packed) ? packed : Object.values(packed);
  const tarball = readFileSync(join(scratch, filename));

  test("holds the package and nothing of the build", () => {
    const names = files.map(({ path }) => path);
    for (const name of ["package.json", "README.md", "BENCHMARK.md", "CHANGELOG.md", "dist/node.js", "dist/engine.wasm", "dist/index.d.ts", "dist/cli.js", "examples/README.md", "examples/worker/src/worker.ts"]) {
      assert.ok(names.includes(name), `${name} is missing`);
    }
    for (const name of names.filter((name) => !name.startsWith("examples/"))) {
      assert.match(name, /^(dist\/.*\.(js|js\.map|d\.ts|wasm)|package\.json|README\.md|BENCHMARK\.md|CHANGELOG\.md|LICENSE[\w-]*)$/);
    }
  });

  test("holds the examples of the repository, and nothing that they write", () => {
    const tracked = execFileSync("git", ["ls-files", "pkg-template/examples"], { cwd: root, encoding: "utf8" }).trim().split("\n");
    const expected = tracked.map((path) => path.slice("pkg-template/".length)).filter((path) => !path.endsWith(".gitignore"));
    assert.deepEqual(files.map(({ path }) => path).filter((path) => path.startsWith("examples/")).sort(), expected.sort());
  });

  test("its examples run with its own command", () => {
    const examples = join(pkg, "examples");
    const command = ["preview", "plans/quiet.json", "--policies", "policies/cost", "--rules", "approval-rules.json", "--run", "run.json"];
    const output = execFileSync(process.execPath, [join(dist, "cli.js"), ...command, "--format", "json"], { cwd: examples, encoding: "utf8" });
    assert.equal(JSON.parse(output).mandatory_violations, 0);
    assert.equal(JSON.parse(output).approval_preview.would_require_approval, false);
  });

  test("publint finds nothing", async () => {
    const { messages, pkg: linted } = await publint({ pkgDir: pkg, strict: true, pack: "npm" });
    assert.deepEqual(messages.map((message) => formatMessage(message, linted)), []);
  });

  test("the types resolve as the code does", async () => {
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)), { excludeEntrypoints: ["./engine.wasm"] });
    // A package of ES modules alone: old resolution and require() of CommonJS are none of its promises.
    const problems = result.problems.filter(
      (problem) => !(problem.resolutionKind === "node10" || problem.kind === "CJSResolvesToESM"),
    );
    assert.deepEqual(problems, []);
  });
});
