/**
 * What the tests and the demo run against: clusters, real or not, and the packaged operator as a
 * process of its own. Knows nothing of the operator's classes, only its jar and its environment.
 */
@NullMarked
package com.threatwinds.compute.operator.testing;

import org.jspecify.annotations.NullMarked;
