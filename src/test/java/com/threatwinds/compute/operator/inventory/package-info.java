/**
 * Tests of what is known of the account, and {@link
 * com.threatwinds.compute.operator.inventory.ModelApi}, the account in memory that they and the
 * tests of the pass run on.
 */
@NullMarked
package com.threatwinds.compute.operator.inventory;

import org.jspecify.annotations.NullMarked;
