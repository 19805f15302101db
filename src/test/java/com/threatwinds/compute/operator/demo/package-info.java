/**
 * The operator at work on one machine, for people: a Kubernetes API, the simulated Compute API, the
 * packaged operator, and a story that they play. May use everything; nothing uses it.
 */
@NullMarked
package com.threatwinds.compute.operator.demo;

import org.jspecify.annotations.NullMarked;
