module.exports = require('./claimloop/purge');
