// @huggingface/hub: create, commit small and large files, list, read ranges, delete.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  commit, createBranch, createCollection, createRepo, deleteCollection, deleteFile, deleteRepo, downloadFile, fileDownloadInfo,
  fileExists, listCollections, listCommits, listFiles, listModels, modelInfo, pathsInfo, uploadFile, uploadFiles, whoAmI,
} from "@huggingface/hub";

const hubUrl = process.env.HF_ENDPOINT;
const accessToken = process.env.HF_TOKEN;
const repo = { type: "model", name: "ada/from-js" };
const common = { repo, hubUrl, accessToken };

assert.equal((await whoAmI({ hubUrl, accessToken })).name, "ada");
await createRepo(common);
const large = randomBytes(12_000_000);
await uploadFiles({
  ...common,
  files: [
    { path: "README.md", content: new Blob(["---\nlicense: mit\n---\n# From JavaScript\n"]) },
    { path: "weights.bin", content: new Blob([large]) },
  ],
});
await uploadFile({ ...common, file: { path: "a b.txt", content: new Blob(["hurts"]) } });
const files = [];
for await (const file of listFiles({ ...common, recursive: true, expand: true })) files.push(file.path);
assert.deepEqual(new Set(files), new Set([".gitattributes", "README.md", "weights.bin", "a b.txt"]));
const back = Buffer.from(await (await downloadFile({ ...common, path: "weights.bin", xet: false })).arrayBuffer());
assert.ok(back.equals(large));
assert.equal(await (await downloadFile({ ...common, path: "a b.txt" })).text(), "hurts");
assert.equal((await fileDownloadInfo({ ...common, path: "weights.bin" })).size, 12_000_000);
assert.equal(await fileExists({ ...common, path: "absent" }), false);
const [info] = await pathsInfo({ ...common, paths: ["weights.bin"] });
assert.equal(info.lfs.size, 12_000_000);
assert.equal((await modelInfo({ name: repo.name, hubUrl, accessToken })).name, repo.name);
const models = [];
for await (const model of listModels({ search: { owner: "ada", query: "from-js" }, hubUrl, accessToken })) models.push(model.name);
assert.deepEqual(models, [repo.name]);
await createBranch({ ...common, branch: "dev" });
await commit({ ...common, branch: "dev", title: "On dev", operations: [{ operation: "delete", path: "a b.txt" }] });
await deleteFile({ ...common, path: "a b.txt" });
const titles = [];
for await (const entry of listCommits(common)) titles.push(entry.title);
assert.equal(titles.length, 4);
const proposed = await commit({
  ...common, title: "From JavaScript", isPullRequest: true,
  operations: [{ operation: "addOrUpdate", path: "proposed.bin", content: new Blob([randomBytes(11_000_000)]) }],
});
assert.match(proposed.pullRequestUrl, /\/ada\/from-js\/discussions\/1$/);
assert.equal((await fileDownloadInfo({ ...common, path: "proposed.bin", revision: "refs/pr/1" })).size, 11_000_000);
assert.equal(await fileExists({ ...common, path: "proposed.bin" }), false);
await assert.rejects(downloadFileOrThrow("absent.bin"));
const { slug } = await createCollection({
  collection: { title: "From JavaScript", namespace: "ada", description: "", private: false, item: { type: "model", id: repo.name } },
  hubUrl, accessToken,
});
const shelves = [];
const search = { owner: ["ada"], item: [`models/${repo.name}`], q: "javascript" };
for await (const found of listCollections({ search, hubUrl, accessToken })) shelves.push([found.slug, found.items[0].id]);
assert.deepEqual(shelves, [[slug, repo.name]]);
await deleteCollection({ slug, hubUrl, accessToken });
await assert.rejects(deleteCollection({ slug, hubUrl, accessToken }));
await deleteRepo(common);
await assert.rejects(modelInfo({ name: repo.name, hubUrl, accessToken }));

async function downloadFileOrThrow(path) {
  const answer = await downloadFile({ ...common, path });
  if (answer === null) throw new Error("absent");
}
