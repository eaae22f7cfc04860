// What makes pages livelier. Every page works without it.
import * as countdown from './countdown.js';
import * as copy from './copy.js';
import * as forms from './forms.js';
import * as refresh from './refresh.js';

document.documentElement.dataset.js = '';
for (const part of [countdown, copy, forms, refresh]) part.start();
