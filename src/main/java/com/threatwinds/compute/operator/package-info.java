/** The entry. */
@NullMarked
package com.threatwinds.compute.operator;

import org.jspecify.annotations.NullMarked;
