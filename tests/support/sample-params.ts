/** Makes params for the texts of errors from their types, as the compiler sees them: every kind of value, every branch. */
import ts from 'typescript';

type Params = Readonly<Record<string, unknown>>;

/**
 * @param file of a module that exports an object of functions, each of an object of params or of nothing
 * @returns samples by the function's name: a first one, and for every param its other values
 */
export function sampleParams(file: string, exported: string): Map<string, readonly Params[]> {
  const config = ts.getParsedCommandLineOfConfigFile(
    'tsconfig.json',
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: () => undefined,
    },
  );
  const program = ts.createProgram([file], { ...config?.options, noEmit: true, types: [] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const symbol = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  const object =
    symbol === undefined
      ? undefined
      : checker.getExportsOfModule(symbol).find(({ name }) => name === exported);
  if (source === undefined || object === undefined) throw new Error(`${file} exports no ${exported}.`);
  const samples = new Sampler(checker, source);
  return new Map(
    checker
      .getTypeOfSymbol(object)
      .getProperties()
      .map((property) => {
        const [signature] = checker.getTypeOfSymbol(property).getCallSignatures();
        const params = signature?.getParameters()[0];
        const values = params === undefined ? [{}] : samples.of(checker.getTypeOfSymbol(params), 'param');
        return [property.name, values as Params[]];
      }),
  );
}

class Sampler {
  readonly #checker: ts.TypeChecker;
  readonly #source: ts.SourceFile;

  constructor(checker: ts.TypeChecker, source: ts.SourceFile) {
    this.#checker = checker;
    this.#source = source;
  }

  /** At least two values where the type has them, so that a param that makes no difference is found. */
  of(type: ts.Type, name: string): readonly unknown[] {
    if (type.isStringLiteral() || type.isNumberLiteral()) return [type.value];
    if (type.flags & ts.TypeFlags.BooleanLiteral) return [this.#checker.typeToString(type) === 'true'];
    if (type.flags & ts.TypeFlags.Null) return [null];
    if (type.flags & ts.TypeFlags.String) return [`some ${name}`, `other ${name}`];
    if (type.flags & ts.TypeFlags.Number) return [3, 1, 0, 2.5];
    const named = (type.aliasSymbol ?? type.getSymbol())?.name;
    if (named === 'Told') return [{ message: 'Some problem.' }, { message: 'Another problem.' }];
    if (type.isUnion()) return type.types.flatMap((part) => this.of(part, name));
    if (this.#checker.isArrayType(type)) return this.#lists(type, named === 'Place', name);
    if (type.flags & ts.TypeFlags.Object || type.isIntersection()) return this.#objects(type);
    throw new Error(`There is no sample of ${this.#checker.typeToString(type)} for ${name}.`);
  }

  #lists(type: ts.Type, isPlace: boolean, name: string): readonly unknown[] {
    const [item] = this.#checker.getTypeArguments(type as ts.TypeReference);
    const items = item === undefined ? [] : this.of(item, name);
    // A place without a beginning begins no sentence.
    if (isPlace) return items.map((part) => [{ file: 'some file' }, part]);
    // Nobody lists problems that are not there.
    const none = item?.getSymbol()?.name === 'Told' ? [] : [[]];
    return [items.slice(0, 2), items.slice(0, 1), ...none, ...items.slice(2).map((each) => [each])];
  }

  #objects(type: ts.Type): readonly unknown[] {
    const byName = type.getStringIndexType();
    if (byName !== undefined) {
      const [first, second] = this.of(byName, 'value');
      return [{ one: first, two: second }, { three: first }];
    }
    const needed = type.getProperties().filter(({ flags }) => (flags & ts.SymbolFlags.Optional) === 0);
    const values = needed.map(
      (property) =>
        [
          property.name,
          this.of(this.#checker.getTypeOfSymbolAtLocation(property, this.#source), property.name),
        ] as const,
    );
    const base = Object.fromEntries(values.map(([name, [first]]) => [name, first]));
    return [
      base,
      ...values.flatMap(([name, [, ...others]]) => others.map((value) => ({ ...base, [name]: value }))),
    ];
  }
}
