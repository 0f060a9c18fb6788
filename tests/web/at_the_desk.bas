' What a person does in LibreOffice, read from a file of orders: one a line, its words parted by tabs.
Sub Work(orders As String)
  Dim doc, sheet, order, words, handle
  On Error GoTo Failed
  handle = FreeFile
  Open orders For Input As #handle
  Do While Not EOF(handle)
    Line Input #handle, order
    words = Split(order, Chr(9))
    Select Case words(0)
      Case "open"
        doc = StarDesktop.loadComponentFromURL(ConvertToURL(words(1)), "_blank", 0, Array())
        sheet = doc.Sheets.getByName(words(2))
      Case "format as a number"
        sheet.getColumns().getByName(words(1)).NumberFormat = 0
      Case "format as text"
        sheet.getColumns().getByName(words(1)).NumberFormat = doc.NumberFormats.queryKey("@", sheet.CharLocale, False)
      Case "type"
        sheet.getCellRangeByName(words(1)).FormulaLocal = words(2)
      Case "save"
        doc.storeToURL(ConvertToURL(words(1)), Array(Named("FilterName", words(2))))
        doc.close(True)
      Case Else
        Error 1
    End Select
  Loop
  Close #handle
  StarDesktop.terminate()
  Exit Sub
Failed:
  handle = FreeFile
  Open orders & ".failed" For Output As #handle
  Print #handle, order & ": " & Error$
  Close #handle
  StarDesktop.terminate()
End Sub

Function Named(name As String, value As String)
  Dim made As New com.sun.star.beans.PropertyValue
  made.Name = name
  made.Value = value
  Named = made
End Function
