import { Command, Option } from 'commander';
import { guardTerminal } from '../../fixtures/evidence/gate/terminal.ts';
import { visible } from '../../fixtures/text/visible.ts';
import { CliError } from './cli-error.ts';
import { doctor } from './doctor/command.ts';
import { init } from './init/command.ts';
import { questions } from './questions/command.ts';
import { testCommand } from './test.ts';
import { version } from './version.ts';

// What a service says of itself is printed here too, and may be anything.
guardTerminal(visible);

const program = new Command('plumbline')
  .description(
    'Verifies LLM-backed HTTP services end to end: real model, real Postgres, real streams, real failures.\n' +
      'Playwright Test runs it; its HTML report shows the evidence.',
  )
  .version(version, '-v, --version')
  .showHelpAfterError('(plumbline --help shows what there is)')
  .addHelpText(
    'after',
    `
First ten minutes:
  npx plumbline doctor                         what this machine has, and what a run would use
  npx plumbline test --project=journey         Plumbline's suites against its own reference service
  npx plumbline init https://llm.example.com   probes your service; writes a profile and a first spec
  npx playwright test                          runs that spec
  npx playwright show-report                   the evidence

Keys come from the environment or .env only (TARGET_API_KEY), and are never shown.
Every setting: .env.example, in the package. Words of Playwright's own (--grep, --workers, --shard …) go through \`test\`.`,
  );

program
  .command('doctor')
  .description('says what is on this machine, which provider each dependency would get and why, and what is missing')
  .option(
    '--target [path]',
    'says what a run can verify on your service by its description, and what would unlock more',
  )
  .option('--json', 'the same as JSON on standard output')
  .addHelpText('after', '\nExits with 0 where a run has all that it needs, with 1 where it does not.')
  .action(doctor);

program
  .command('init')
  .description('probes a service; writes its description, a configuration and a first spec that passes')
  .argument('[url]', 'where the service is, with the prefix of every path if there is one')
  .option('--start <command>', 'in place of the URL: the line that starts the service; runs start it from then on')
  .option(
    '--env <NAME=value...>',
    'variables for it; {port} stands for the port, which is in PORT unless you say otherwise',
  )
  .option('--ready <path>', 'a path that answers when it is ready')
  .option('--dir <folder>', 'where to write', '.')
  .option('--force', 'overwrite files that are there')
  .option('--chat <path>', "where it is chatted with, when not at OpenAI's path; how is found out by asking")
  .option('--sql <path>', 'where questions are answered with SQL and rows; how is found out by asking')
  .option('--question <text>', 'a question that --sql can answer')
  .addOption(new Option('--name <name>', 'what the profile is called').default(undefined, "the URL's host"))
  .addHelpText(
    'after',
    `
It asks for an OpenAPI document, the models, health, and one short answer of a model, and says what it found and
what it guessed. A service that wants a key gets TARGET_API_KEY from the environment; it is written nowhere.`,
  )
  .action(init);

program
  .command('questions')
  .description('says which questions are weak: wrong variants of their gold SQL find the same rows')
  .option('--profile <file>', 'the description whose questions and databases are looked at; else the bundled ones')
  .option('--fill', 'make a second, differently filled instance, and write it beside the description as SQL')
  .option('--json <file>', 'write the same as JSON to a file')
  .addHelpText(
    'after',
    `
Each gold query is changed in one place at a time (a condition dropped, < for <=, INNER for LEFT …), and both are run.
Where no row shows the difference, a service that makes that mistake passes. Nothing leaves this machine.
Exits with 1 where a gold query fails or finds no rows.`,
  )
  .action(questions);

program
  .command('test', { isDefault: false })
  .description("runs the suites; takes what `playwright test` takes (--project, --grep '@smoke', --shard …)")
  .helpOption(false)
  .allowUnknownOption()
  .allowExcessArguments()
  .argument('[arguments...]')
  .addHelpText('after', '\nWithout a playwright.config here it brings its own: all suites, reports in this folder.')
  .action((_, __, command: Command) => testCommand(command.args));

program.enablePositionalOptions();
for (const command of program.commands) if (command.name() === 'test') command.passThroughOptions();

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  process.stderr.write(`plumbline: ${error.message}\n`);
  process.exitCode = 1;
}
