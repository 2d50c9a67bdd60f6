module.exports = [...require('./claimloop/targets')];
