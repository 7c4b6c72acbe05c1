import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A comment of a pull request, as `gh pr view --json comments` prints it. */
export interface Comment {
  readonly body: string;
  readonly url: string;
  /** Whether the user of the token wrote it. */
  readonly viewerDidAuthor: boolean;
}

const COMMAND = `#!/usr/bin/env node
const { readFileSync, writeFileSync } = require("node:fs");
const file = require("node:path").join(__dirname, "comments.json");
const comments = JSON.parse(readFileSync(file, "utf8"));
const [what, ...rest] = process.argv.slice(2);
const line = [what, ...rest].join(" ");
let found;
if (/^pr view 7 --json comments$/.test(line)) {
  process.stdout.write(JSON.stringify({ comments }));
} else if ((found = /^pr comment 7 --body-file (\\S+)$/.exec(line))) {
  const url = "https://github.com/example/platform/pull/7#issuecomment-" + (2000 + comments.length);
  comments.push({ body: readFileSync(found[1], "utf8"), url, viewerDidAuthor: true });
} else if ((found = /^api --method PATCH repos\\/example\\/platform\\/issues\\/comments\\/(\\d+) --field body=@(\\S+) --silent$/.exec(line))) {
  const comment = comments.find(({ url }) => url.endsWith("-" + found[1]));
  comment.body = readFileSync(found[2], "utf8");
} else {
  throw new Error("gh " + line);
}
writeFileSync(file, JSON.stringify(comments));
`;

/** GitHub's command in a folder of tools, with the comments of pull request 7 of example/platform; it refuses every other use. */
export class GitHubCommand {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = path.join(folder, "comments.json");
    this.comments = [];
    writeFileSync(path.join(folder, "gh"), COMMAND);
    chmodSync(path.join(folder, "gh"), 0o755);
  }

  get comments(): readonly Comment[] {
    return JSON.parse(readFileSync(this.#file, "utf8"));
  }

  set comments(comments: readonly Comment[]) {
    writeFileSync(this.#file, JSON.stringify(comments));
  }
}
