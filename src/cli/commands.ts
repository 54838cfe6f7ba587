import { describe } from '../describe.ts';
import { nearest } from '../nearest.ts';
import { type Command, type Terminal, UsageError } from './command.ts';
import { doctor } from './doctor/command.ts';
import { replay } from './replay/command.ts';

/** Every command there is. */
const commands: readonly Command[] = [doctor, replay];

const usage = `holdfast COMMAND [arguments]

${commands.map(({ summary }) => `  ${summary}`).join('\n')}

  --help         this, or with a command what it takes
  --version      the version`;

/** Runs what the command line says. Resolves with the exit code: 2 for a wrong use, 3 for a defect of ours. */
export async function runCommandLine(
  [word, ...args]: readonly string[],
  terminal: Terminal & { readonly complain: (text: string) => void; readonly version: string },
): Promise<number> {
  if (word === '--version' || word === '-v') {
    terminal.print(terminal.version);
    return 0;
  }
  if (word === '--help' || word === '-h' || word === 'help') {
    terminal.print(usage);
    return 0;
  }
  const command = commands.find(({ name }) => name === word);
  if (word === undefined || command === undefined) {
    terminal.complain(`holdfast: ${complaintAbout(word)}\n\n${usage}`);
    return 2;
  }
  try {
    return await command.run(args, terminal);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    terminal.complain(
      isUsage
        ? `holdfast ${word}: ${error.message}. See: holdfast ${word} --help`
        : `holdfast ${word}: a defect of holdfast, please report it: ${describe(error)}`,
    );
    return isUsage ? 2 : 3;
  }
}

function complaintAbout(word: string | undefined): string {
  if (word === undefined) return 'which command?';
  // A URL in the place of a command may hold a credential: nothing that looks like no word is repeated.
  if (!/^[\w-]{1,20}$/.test(word)) return 'there is no such command';
  const meant = nearest(
    word,
    commands.map(({ name }) => name),
  );
  return `there is no command ${word}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}
