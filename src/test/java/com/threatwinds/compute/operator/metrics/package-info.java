/** The counted calls: closed labels, and nothing of a call changed. */
@NullMarked
package com.threatwinds.compute.operator.metrics;

import org.jspecify.annotations.NullMarked;
