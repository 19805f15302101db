/**
 * The operator's settings: read once, checked as a whole, and refused by the name of the variable.
 * Depends on nothing but the values that it carries.
 */
@NullMarked
package com.threatwinds.compute.operator.settings;

import org.jspecify.annotations.NullMarked;
