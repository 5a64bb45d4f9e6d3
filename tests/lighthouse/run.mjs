// Measures home, apply step and notice with Lighthouse on Debian's Chromium; prints four scores each, fails below 95.
// Not part of the suite: see docs/quality.md. Usage: node tests/lighthouse/run.mjs (needs npm and chromium; makes a demo of its own in a temporary folder).
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LEAST = 95;
const KINDS = ["performance", "accessibility", "best-practices", "seo"];
const TOWNSHIP = "520328101000";
const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const folder = mkdtempSync(join(tmpdir(), "doudi-lighthouse-"));
const chromium = process.env.CHROME_PATH ?? "/usr/bin/chromium";

const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const found = probe.address().port;
    probe.close(() => resolve(found));
  });
});
const home = `http://127.0.0.1:${port}`;
const server = spawn(join(root, "doudi"), ["serve", "--port", String(port)], {
  cwd: root, env: { ...process.env, DOUDI_HOME: join(folder, "home") }, stdio: "ignore", detached: true,
});

let cookie = "";
const ask = async (path, form) => {
  const token = form && (await (await ask(form.from)).text()).match(/name="csrf_token" value="([^"]+)"/)[1];
  const answer = await fetch(home + path, {
    method: form ? "POST" : "GET", redirect: "manual",
    headers: { cookie, ...(form && { "content-type": "application/x-www-form-urlencoded", referer: home + path }) },
    body: form && new URLSearchParams({ csrf_token: token, ...form.values }),
  });
  const jar = Object.fromEntries(cookie.split("; ").filter(Boolean).map((each) => each.split(/=(.*)/s)));
  for (const each of answer.headers.getSetCookie()) {
    const [name, value] = each.split(";")[0].split(/=(.*)/s);
    jar[name] = value;
  }
  cookie = Object.entries(jar).map(([name, value]) => `${name}=${value}`).join("; ");
  return answer;
};

// a resident who has begun an application: the step measured is the one with the most on it
const applyStep = async () => {
  await ask("/sign-in", { from: "/sign-in", values: { mobile: "19900000009" } });
  const code = (await (await ask("/outbox")).text()).match(/验证码 (\d{6})/)[1];
  await ask("/sign-in/code", { from: "/sign-in/code", values: { code } });
  const choose = `/apply/new?under=${TOWNSHIP}`;
  const region = (await (await ask(choose)).text()).match(/name="region" value="(\d{12})"/)[1];
  const begun = await ask("/apply/new", { from: choose, values: { region } });
  return begun.headers.get("location").match(/\/apply\/[0-9a-f-]{36}/)[0] + "/incomes";
};

// `hidden`: a page that search engines are told to leave alone on purpose, so that names on notices and forms half filled in are
// never found by a search; Lighthouse would count just that against it
const measure = (name, path, { withCookie = false, hidden = false } = {}) => {
  const report = join(folder, `${name}.json`);
  const words = ["--yes", "lighthouse@12", home + path, "--quiet", "--output=json", `--output-path=${report}`,
    `--only-categories=${KINDS.join(",")}`, "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking"];
  if (hidden) words.push("--skip-audits=is-crawlable");
  if (withCookie) words.push(`--extra-headers=${JSON.stringify({ Cookie: cookie })}`);
  execFileSync("npx", words, { env: { ...process.env, CHROME_PATH: chromium }, stdio: ["ignore", "ignore", "inherit"] });
  const { categories, audits } = JSON.parse(readFileSync(report, "utf8"));
  const scores = KINDS.map((kind) => Math.round((categories[kind].score ?? 0) * 100));
  console.log(name.padEnd(8), KINDS.map((kind, at) => `${kind} ${scores[at]}`).join("  "));
  const low = KINDS.filter((_, at) => scores[at] < LEAST);
  for (const kind of low)
    for (const { id, weight } of categories[kind].auditRefs)
      if (weight && audits[id].score !== null && audits[id].score < 0.9) console.log(`   ${kind}: ${id} ${audits[id].displayValue ?? ""}`);
  return low.length === 0;
};

let enough = true;
try {
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await fetch(`${home}/healthz`).catch(() => null))?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  enough = measure("home", "/") && enough;
  enough = measure("notice", `/notices/${TOWNSHIP}`, { hidden: true }) && enough;
  enough = measure("apply", await applyStep(), { withCookie: true, hidden: true }) && enough;
} finally {
  process.kill(-server.pid, "SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 2000));
  rmSync(folder, { recursive: true, force: true });
}
process.exit(enough ? 0 : 1);
