// The patient, the places and the CHW of the recordings; the claim records that the Java mapping makes.
const fs = require('fs');
const path = require('path');
const Harness = require('cht-conf-test-harness');

const PROJECT = path.join(__dirname, '..');
const DATA = path.join(PROJECT, '../../test-data');

const json = file => JSON.parse(fs.readFileSync(file, 'utf8'));
const recordingFile = number => {
  const folder = path.join(DATA, 'recorded/cht');
  return path.join(folder, fs.readdirSync(folder).find(name => name.startsWith(`${number}-`)));
};

/** Recording 252: the person with the places above. */
const lineage = () => json(recordingFile('252')).response.body;

const minified = place => place && { _id: place._id, ...(place.parent ? { parent: minified(place.parent) } : {}) };

const CHW_ID = '07a5d9a1f5e53858129c31b041001714';

const world = () => {
  const patient = lineage();
  const places = [];
  for (let place = patient.parent; place; place = place.parent) {
    places.push({ ...place, parent: minified(place.parent) });
  }
  const chwPlace = places.find(place => place.type === 'health_center');
  const chw = { _id: CHW_ID, type: 'person', name: 'CHW of Viru', parent: minified(chwPlace) };
  return {
    patient: { ...patient, parent: minified(patient.parent) },
    places,
    chwPlace,
    chw,
  };
};

const record = name => json(path.join(DATA, `cht/claim-records/${name}.json`));

const DAY = 24 * 60 * 60 * 1000;

const start = async (options = {}) => {
  const { patient, places, chw } = world();
  const harness = new Harness({
    directory: PROJECT,
    coreVersion: '4.11',
    user: chw._id,
    userRoles: ['chw'],
    subject: patient._id,
    docs: [patient, ...places, chw],
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    logFormErrors: false,
    ...options,
  });
  await harness.start();
  return harness;
};

module.exports = { DATA, DAY, PROJECT, json, record, start, world };
