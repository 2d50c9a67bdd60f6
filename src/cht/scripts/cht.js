// Runs cht-conf without a CHT, a browser download, or a look at git. cht-conf writes into the folder of temporary
// files under fixed names, so it gets one of its own.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const PROJECT = path.join(__dirname, '..');
const CHT = path.join(PROJECT, 'node_modules/cht-conf/src/bin/index.js');

const cht = (actions, project = PROJECT) => {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'claimloop-cht-'));
  try {
    const skip = ['--skip-dependency-check', '--skip-version-check', '--skip-git-check'];
    const run = spawnSync(process.execPath, [CHT, ...skip, `--source=${project}`, ...actions], {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: temporary, SHIV_ROOT: path.join(temporary, 'shiv') },
    });
    return { status: run.status, output: `${run.stdout || ''}${run.stderr || ''}` };
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
};

module.exports = { cht, PROJECT };

if (require.main === module) {
  const { status, output } = cht(process.argv.slice(2));
  if (status !== 0) {
    process.stderr.write(output);
  }
  process.exit(status === null ? 1 : status);
}
