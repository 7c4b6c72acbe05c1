import { randomBytes } from "node:crypto";
import { Canaries } from "./canary";

const canaries = new Canaries();
const one = canaries.at("one");
const adopted = canaries.adopt("adopted", randomBytes(33).toString("base64"));

function found(text: string): string[] {
  return [...canaries.foundIn(text)];
}

describe("a canary is found", () => {
  const spellings: [string, (value: string) => string][] = [
    ["as it is", (value) => `it is ${value}.`],
    ["in JSON inside of JSON", (value) => JSON.stringify(JSON.stringify({ a: value }))],
    ["in a URL", (value) => `https://a.example/?b=${encodeURIComponent(value)}`],
    ["in hexadecimal digits", (value) => Buffer.from(`a${value}`).toString("hex")],
    ...["", "a", "ab"].map((before): [string, (value: string) => string] => [
      `in base64 behind ${before.length} characters`,
      (value) => Buffer.from(`${before}${value}cd`).toString("base64"),
    ]),
    ["in base64 of URLs", (value) => Buffer.from(`a${value}`).toString("base64url")],
    ["without its end", (value) => value.slice(0, 22)],
    ["without its beginning", (value) => value.slice(-22)],
  ];

  it.each(spellings)("%s", (_how, spelled) => {
    expect(found(spelled(one))).toEqual(["one"]);
    expect(found(spelled(adopted))).toEqual(["adopted"]);
  });

  it("when too little of it is left to tell which", () => {
    expect(found(one.slice(0, 9))).toHaveLength(1);
  });

  it("nowhere else", () => {
    expect(found(randomBytes(100_000).toString("base64"))).toEqual([]);
    expect(new Canaries().foundIn(one).size).toBe(0);
  });
});
