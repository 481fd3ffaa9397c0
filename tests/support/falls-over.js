// A Capture process that ends as no Capture should.
console.log('all is well');
throw new RangeError('the detector is on fire');
