/** Completes the generated resource definition; used by the build alone, never by the operator. */
@NullMarked
package com.threatwinds.compute.operator.crd;

import org.jspecify.annotations.NullMarked;
