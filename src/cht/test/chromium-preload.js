// The harness asks this module for a browser, and would download one. It gets the one that is installed.
const { existsSync } = require('fs');

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const BROWSERS = [process.env.CHROMIUM_PATH, ...(process.env.PATH || '').split(':')
  .flatMap(folder => NAMES.map(name => `${folder}/${name}`))];
const executablePath = BROWSERS.find(file => file && existsSync(file));
const id = require.resolve('puppeteer-chromium-resolver');
require.cache[id] = {
  id,
  filename: id,
  loaded: true,
  exports: async () => {
    if (!executablePath) {
      throw new Error('No Chromium found: apt-get install chromium, or set CHROMIUM_PATH.');
    }
    return { executablePath, puppeteer: require('puppeteer-core') };
  },
};
