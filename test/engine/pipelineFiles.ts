import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { repositoryDirectory } from "./repository";

// The files of docs/pipelines/, as their platforms read them.

type Variables = Readonly<Record<string, string>>;

/** What a step runs, and the variables that the file itself gives it. */
export interface PipelineStep {
  readonly script: string;
  readonly environment: Record<string, string>;
}

export interface Platform {
  /** What stands for an expression: `vars.AZURE_CLIENT_ID` in GitHub's files, `AZURE_CLIENT_ID` in GitLab's, `azureClientId` in Azure's. */
  readonly values: Variables;
  /** The variables that an action of GitHub's leaves to the steps after it, by its name without version. */
  readonly actions?: Readonly<Record<string, Variables>>;
}

interface GitHubStep {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Variables;
}
interface GitHubJob {
  readonly env?: Variables;
  readonly steps: readonly GitHubStep[];
}
interface GitLabJob {
  readonly extends?: string;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
}
interface AzureStep {
  readonly displayName?: string;
  readonly script?: string;
  readonly inputs?: { readonly inlineScript?: string };
  readonly env?: Variables;
}

export const pipelineFolder = path.join(repositoryDirectory, "docs/pipelines");

/** A step of a file, by the name that it has there; in GitLab's file a job. */
export function pipelineStep(file: string, name: string, platform: Platform): PipelineStep {
  const content = parse(readFileSync(path.join(pipelineFolder, file), "utf8"));
  if (file.startsWith("gitlab")) return gitLabJob(content, name, platform.values);
  if (file.startsWith("azure")) return azureStep(content, name, platform.values);
  return gitHubStep(content, name, platform);
}

function gitHubStep({ jobs }: { jobs: Record<string, GitHubJob> }, name: string, { values, actions = {} }: Platform): PipelineStep {
  for (const { env, steps } of Object.values(jobs)) {
    const place = steps.findIndex((step) => step.name === name);
    const step = steps[place];
    if (step?.run === undefined) continue;
    const left = steps.slice(0, place).map(({ uses = "" }) => actions[uses.replace(/@.*/, "")] ?? {});
    const given = Object.assign({}, env, step.env) as Variables;
    return { script: step.run, environment: { ...filled(given, /\$\{\{ (.*?) \}\}/g, values), ...Object.assign({}, ...left) } };
  }
  throw new Error(`No job has a step ${name}.`);
}

function gitLabJob(content: Record<string, GitLabJob> & { variables: Variables }, name: string, values: Variables): PipelineStep {
  const job = { ...content[content[name]?.extends ?? ""], ...content[name] };
  const script = [...(job.before_script ?? []), ...(job.script ?? [])].join("\n");
  return { script, environment: filled(content.variables, /\$([A-Z_]+)/g, values) };
}

function azureStep(content: { variables: { name: string; value: string }[] }, name: string, values: Variables): PipelineStep {
  const step = azureSteps(content).find(({ displayName }) => displayName === name);
  const script = step?.script ?? step?.inputs?.inlineScript;
  if (script === undefined) throw new Error(`No job has a step ${name}.`);
  const variables = Object.fromEntries(content.variables.map((each) => [each.name, each.value]));
  return { script, environment: { ...variables, ...filled(step?.env ?? {}, /\$\((.*?)\)/g, values) } };
}

function azureSteps(content: unknown): AzureStep[] {
  if (typeof content !== "object" || content === null) return [];
  return Object.entries(content).flatMap(([key, value]) => (key === "steps" ? (value as AzureStep[]) : azureSteps(value)));
}

function filled(variables: Variables, expression: RegExp, values: Variables): Record<string, string> {
  const value = (_whole: string, name: string) => {
    const found = values[name];
    if (found === undefined) throw new Error(`Nothing stands for ${name}.`);
    return found;
  };
  return Object.fromEntries(Object.entries(variables).map(([key, text]) => [key, text.replace(expression, value)]));
}
