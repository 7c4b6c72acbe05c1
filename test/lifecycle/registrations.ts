import type * as pulumi from "@pulumi/pulumi";

interface Registration {
  readonly type: string;
  readonly id: string | undefined;
  readonly inputs: Record<string, unknown>;
}

/** An engine stand-in that keeps what resources register, and answers with their inputs as outputs. */
export class Registrations implements pulumi.runtime.Mocks {
  private readonly known = new Map<string, Registration>();

  newResource({ type, name, id, inputs }: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult {
    this.known.set(`${type}::${name}`, { type, id, inputs });
    return { id: id ?? `id-of-${name}`, state: inputs };
  }

  call(): pulumi.runtime.MockCallResult {
    return {};
  }

  of(name: string, type: string): Registration {
    const registration = this.known.get(`${type}::${name}`);
    if (registration === undefined) throw new Error(`${type}::${name} was not registered`);
    return registration;
  }
}

/** The value of an output. */
export function promised<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
