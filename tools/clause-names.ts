/** Finds the clause ids that a test file's names carry: `[CR-6] …`, `[CR-6, LC-1] …`. */
import ts from 'typescript';

const carried = /\[([A-Z]{2}-\d+(?:, ?[A-Z]{2}-\d+)*)\]/g;

/**
 * Ids carried by the names of tests and suites, and by strings that begin with them (names kept in tables).
 * What is skipped or still to do names nothing: it proves nothing.
 */
export function clausesNamedIn(source: string): Set<string> {
  const ids = new Set<string>();
  const file = ts.createSourceFile('test.tsx', source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  visit(file);
  return ids;

  function visit(node: ts.Node): void {
    if (ts.isCallExpression(node) && isSkipped(node.expression)) return;
    const name = textOf(node);
    if (name !== undefined && (isTestName(node) || name.startsWith('['))) {
      for (const [, list = ''] of name.matchAll(carried)) {
        for (const id of list.split(',')) ids.add(id.trim());
      }
    }
    ts.forEachChild(node, visit);
  }
}

/** The text of a string, or a template's text up to its first `${`. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isTemplateExpression(node) ? node.head.text : undefined;
}

function isTestName(node: ts.Node): boolean {
  const call = node.parent;
  return (
    ts.isCallExpression(call) &&
    call.arguments[0] === node &&
    ['test', 'it', 'describe'].includes(chain(call.expression)[0] ?? '')
  );
}

function isSkipped(callee: ts.Expression): boolean {
  const [head, ...modifiers] = chain(callee);
  return (
    ['xtest', 'xit', 'xdescribe'].includes(head ?? '') || modifiers.some((word) => /^(skip|todo)$/.test(word))
  );
}

/** `test.skip.each([…])` → ['test', 'skip', 'each']. */
function chain(expression: ts.Expression): string[] {
  if (ts.isIdentifier(expression)) return [expression.text];
  if (ts.isPropertyAccessExpression(expression))
    return [...chain(expression.expression), expression.name.text];
  if (ts.isCallExpression(expression)) return chain(expression.expression);
  if (ts.isTaggedTemplateExpression(expression)) return chain(expression.tag);
  return [];
}
