/**
 * What the documents are made of where the code can tell, and what holds the rest of them to it.
 */
@NullMarked
package com.threatwinds.compute.operator.docs;

import org.jspecify.annotations.NullMarked;
